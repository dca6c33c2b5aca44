import { randomBytes } from "node:crypto";
import { command } from "../github/commands.ts";
import { harmless } from "../github/log-text.ts";
import type { StepFrame } from "./step-frame.ts";

/** Groups that can be folded, in which a step's output cannot give the runner commands. */
export class GithubFrame implements StepFrame {
  readonly separator = "";
  #isOpen = false;
  /** What ends the time without commands. Each has its own: those before are in the log. */
  #token: string | undefined;

  open(title: string): string {
    this.#isOpen = true;
    return command("group", title);
  }

  output(): string {
    if (this.#token !== undefined) return "";
    this.#token = randomBytes(16).toString("hex");
    return command("stop-commands", this.#token);
  }

  close(): string {
    const resume = this.#token === undefined ? "" : command(this.#token, "");
    const end = this.#isOpen ? command("endgroup", "") : "";
    this.#token = undefined;
    this.#isOpen = false;
    return resume + end;
  }

  clean(text: string): string {
    return harmless(text);
  }
}
