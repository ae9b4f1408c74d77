import { mount } from "svelte";
import { tauriPort } from "../lib/tauri";
import "../lib/styles/tokens.css";
import "../lib/styles/base.css";
import App from "./App.svelte";

const target = document.getElementById("root");
if (target) mount(App, { target, props: { port: tauriPort } });
