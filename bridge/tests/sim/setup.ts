import { afterAll } from "vitest";
import { endWebkit } from "./webkit";

afterAll(endWebkit);
