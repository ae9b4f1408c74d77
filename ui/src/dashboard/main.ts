import { mount } from "svelte";
import "../lib/styles/tokens.css";
import "../lib/styles/base.css";
import "./dashboard.css";
import App from "./App.svelte";
import { Dashboard } from "./dashboard.svelte";

const target = document.getElementById("root");
if (target) mount(App, { target, props: { dashboard: new Dashboard() } });
