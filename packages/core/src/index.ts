export { isTsbxError, TsbxError, type TsbxErrorOptions } from "./errors.ts";
