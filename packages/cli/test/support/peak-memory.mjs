import { writeSync } from "node:fs";

// Loaded into the command before it starts: its last line says how much memory it had at its peak.
process.on("exit", () => writeSync(2, `PEAK ${process.resourceUsage().maxRSS}\n`));
