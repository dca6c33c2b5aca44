import { TsbxError } from "@tsbx/core/errors";
import { nearest } from "../flags/nearest.ts";
import { COMMANDS } from "./registry.ts";

export function unknownCommand(word: string): TsbxError {
  const near = nearest(
    word,
    Object.keys(COMMANDS).filter((name) => !COMMANDS[name]?.hidden),
  );
  return new TsbxError("UNKNOWN_COMMAND", `unknown command: "${word}"`, {
    hint: near ? `Did you mean tsbx ${near}?` : "Run tsbx help for the list of commands.",
  });
}
