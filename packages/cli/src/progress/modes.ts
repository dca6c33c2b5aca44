/** What `--progress` can be. */
export const PROGRESS_MODES = ["auto", "none", "plain", "quiet", "rawjson", "tty"];
