import type { XattrReader } from "./walk.ts";

/** What is used of the optional package `fs-xattr`: Node itself has no calls for extended attributes. */
interface XattrPackage {
  listAttributesSync(path: string): string[];
  getAttributeSync(path: string, name: string): Buffer;
}

/** macOS adds these to files by itself; BuildKit's own client leaves them out. */
const APPLE = "com.apple.";

/**
 * A reader of extended attributes, where the package for it is installed; undefined elsewhere. Attributes are
 * part of the build cache's keys, so with and without a reader files that have some are different files.
 */
export async function loadXattrReader(): Promise<XattrReader | undefined> {
  const name = "fs-xattr";
  let library: XattrPackage;
  try {
    library = (await import(name)) as XattrPackage;
  } catch {
    return undefined;
  }
  return (path) => {
    try {
      const names = library.listAttributesSync(path).filter((attribute) => !attribute.startsWith(APPLE));
      return names.sort().map((attribute) => [attribute, library.getAttributeSync(path, attribute)] as const);
    } catch {
      // A file system without attributes, or a name that is no text.
      return [];
    }
  };
}
