// `npm run setup`: everything that building and testing needs, on a machine with nothing but Node.
import { setUp } from "./pnpm.mjs";

await setUp();
