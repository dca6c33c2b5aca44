import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { removeBuilder, tsbx } from "./support/client.ts";
import { expectSame as expectSameAt, expectSameFailure, type Scenario } from "./support/difference.ts";
import { ociLayout } from "./support/oci.ts";
import { places } from "./support/places.ts";
import { succeed } from "./support/process.ts";
import { sshAgent, sshTools } from "./support/ssh.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

describe.each(places())("the same image, files and metadata as the peer: $name", (place) => {
  const refuses = (what: "byte names" | "layouts") => place.refuses?.includes(what) ?? false;
  const expectSame = (scenario: Scenario) => expectSameAt(scenario, place);

  afterAll(() => removeBuilder(place));

  it("from several stages, up to the target", async () => {
    const { local } = await expectSame({
      files: {
        Dockerfile: `FROM busybox AS build
ARG NONCE
COPY src /src
RUN mkdir /out && cat /src/*.txt > /out/all.txt && chmod 751 /out
FROM scratch AS unused
COPY missing /
FROM scratch AS wanted
COPY --from=build /out /out
COPY src/a.txt /a.txt
FROM wanted
COPY src /more
`,
        "src/a.txt": "a\n",
        "src/b.txt": "b\n",
      },
      args: ["--target", "wanted", "--label", "one=1", "--label", "two=2 = two"],
    });
    expect(local.map((line) => line.split(" ")[0])).toEqual(["a.txt", "out", "out/all.txt"]);
  });

  it("with build arguments, also in FROM", () =>
    expectSame({
      files: {
        Dockerfile: `ARG BASE=missing
FROM \${BASE} AS base
ARG NONCE
ARG VERSION=1
ARG FROM_ENVIRONMENT
RUN echo "$VERSION $FROM_ENVIRONMENT $TARGETPLATFORM" > /version
ENV VERSION=\${VERSION}
`,
      },
      args: [
        ...["--build-arg", "BASE=busybox", "--build-arg", "VERSION=a=b, 'c'"],
        ...["--build-arg", "FROM_ENVIRONMENT", "--build-arg", "UNSET"],
      ],
      env: { FROM_ENVIRONMENT: "from the environment" },
    }));

  it("with heredocs", () =>
    expectSame({
      files: {
        Dockerfile: `FROM busybox
ARG NONCE
RUN <<EOT
set -e
echo one > /one
echo two > /two
EOT
COPY <<one.txt <<"two.txt" /copied/
NONCE is $NONCE
one.txt
NONCE is not $NONCE
two.txt
`,
      },
    }));

  it("with COPY --link, --chmod, --chown, --parents and --exclude, and with ADD", async () => {
    await expectSame({
      files: {
        Dockerfile: `# syntax=docker/dockerfile:1
FROM busybox
COPY --link src /linked/
COPY --link --chmod=4755 --chown=12:34 src/run.sh /linked/run.sh
COPY --chmod=0640 --chown=nobody:nogroup src /owned
COPY --chmod=u=rwX,go= src /symbolic
COPY --parents src/deep/*/file.txt /parents/
COPY --exclude=**/*.txt src /without/
ADD archive.tar /unpacked/
ADD --unpack=false archive.tar /packed/
`,
        "src/run.sh": { content: "#!/bin/sh\n", mode: 0o755 },
        "src/a.txt": "a\n",
        "src/deep/er/file.txt": "deep\n",
      },
      prepare: async (parent) => {
        const tar = ["--format=gnu", "--sort=name", "--owner=7:7", "--group=8:8", "--mtime=@1400000000"];
        await succeed("tar", [...tar, "-cf", "context/archive.tar", "-C", "context", "src"], { cwd: parent });
      },
    });
  });

  it("with cache, secret, bind and tmpfs mounts", () =>
    expectSame({
      files: {
        Dockerfile: `FROM busybox AS tool
RUN echo tool > /tool
FROM busybox
ARG NONCE
RUN --mount=type=cache,target=/cache,id=$NONCE ls -lR /cache > /cached; echo kept > /cache/kept
RUN --mount=type=secret,id=file,required,mode=0444 cp /run/secrets/file /file
RUN --mount=type=secret,id=variable,env=TOKEN echo "$TOKEN" > /variable
RUN --mount=type=secret,id=named,target=/named,uid=7,gid=8,mode=0640 stat -c '%a %u %g %s' /named > /stat
RUN --mount=type=bind,target=/context --mount=type=bind,from=tool,source=/tool,target=/tool cat /context/x /tool > /bound
RUN --mount=type=tmpfs,target=/scratch touch /scratch/x && ls /scratch > /scratched
`,
        x: "x\n",
        secret: Uint8Array.of(0, 255, 10, 13),
      },
      args: [
        ...["--secret", "id=file,src=context/secret"],
        ...["--secret", "id=variable,env=SECRET_VARIABLE"],
        ...["--secret", "type=env,id=named"],
      ],
      env: { SECRET_VARIABLE: "from the environment", named: "12345" },
    }));

  // Of a key that is read from a file, the peer leaves the comment out.
  it("with the keys of an ssh agent and of a file", async () => {
    const agent = await sshAgent();
    const { local } = await expectSame({
      files: {
        Dockerfile: `FROM busybox
ARG NONCE
RUN --mount=type=ssh --mount=type=bind,from=tools,target=/tools LD_LIBRARY_PATH=/tools/lib /tools/loader /tools/ssh-add -L > /keys
RUN --mount=type=ssh,id=key,target=/agent --mount=type=bind,from=tools,target=/tools SSH_AUTH_SOCK=/agent LD_LIBRARY_PATH=/tools/lib /tools/loader /tools/ssh-add -L | cut -d' ' -f1,2 > /key
FROM scratch
COPY --from=0 /keys /key /
`,
      },
      args: ["--ssh", "default", "--ssh", `key=${agent.key}`, "--build-context", "tools=tools"],
      env: { SSH_AUTH_SOCK: agent.socket },
      prepare: async (parent) => sshTools(join(parent, "tools")),
    });
    expect(local.map((line) => line.split(" ")[0])).toEqual(["key", "keys"]);
  });

  it("with ONBUILD triggers", () =>
    expectSame({
      files: {
        Dockerfile: `FROM busybox AS base
ONBUILD ARG NONCE
ONBUILD COPY app /app
ONBUILD RUN cat /app/x > /ran
FROM base
WORKDIR /app
USER nobody
VOLUME /data
EXPOSE 80/tcp
HEALTHCHECK --interval=5s CMD ["true"]
ENTRYPOINT ["sh", "-c"]
`,
        "app/x": "x\n",
      },
    }));

  it("with a .dockerignore that has exceptions", async () => {
    const { local } = await expectSame({
      files: {
        Dockerfile: "FROM scratch\nCOPY . /\n",
        ".dockerignore": `# a comment
node_modules
!node_modules/keep/**
**/*.log
!important.log
/only-at-root
temp?
[a-c]lass
docs/**/draft
 spaced \t
Dockerfile
.dockerignore
`,
        "node_modules/drop/index.js": "",
        "node_modules/keep/index.js": "",
        "node_modules/keep/deep/er.js": "",
        "a.log": "",
        "important.log": "",
        "sub/important.log": "",
        "sub/a.log": "",
        "only-at-root": "",
        "sub/only-at-root": "",
        temp1: "",
        temp12: "",
        alass: "",
        dlass: "",
        "docs/draft": "",
        "docs/a/draft": "",
        "docs/a/b/draft": "",
        "docs/final": "",
        spaced: "",
      },
    });
    expect(local.map((line) => line.split(" ")[0])).toEqual(
      [
        ...["dlass", "docs", "docs/a", "docs/a/b", "docs/final", "important.log"],
        ...["node_modules", "node_modules/keep", "node_modules/keep/deep", "node_modules/keep/deep/er.js"],
        ...["node_modules/keep/index.js", "sub", "sub/only-at-root", "temp12"],
      ].sort(),
    );
  });

  it("with a Dockerfile of another name and directory, and its own ignore file", async () => {
    const { local } = await expectSame({
      files: { "keep/x": "x\n", "drop/x": "x\n", ".dockerignore": "keep\n" },
      args: ["--file", "docker/app.Dockerfile"],
      prepare: async (parent) =>
        writeTree(join(parent, "docker"), {
          "app.Dockerfile": "FROM scratch\nCOPY . /\n",
          "app.Dockerfile.dockerignore": "drop\n.dockerignore\n",
        }),
    });
    expect(local.map((line) => line.split(" ")[0])).toEqual(["keep", "keep/x"]);
  });

  it("of hard links, long paths, odd names, empty directories, modes and symlinks", async () => {
    const byteNames = !refuses("byte names");
    const long = Array.from({ length: 6 }, (_, i) => `${i}`.repeat(50)).join("/");
    const { local } = await expectSame({
      files: {
        Dockerfile: "FROM scratch\nCOPY tree /\n",
        "tree/a/original": "linked\n",
        "tree/a/second": { hardlink: "tree/a/original" },
        "tree/z/third": { hardlink: "tree/a/original" },
        [`tree/${long}`]: "long\n",
        [`tree/${"n".repeat(255)}`]: "longest name\n",
        "tree/link-to-long": { symlink: long },
        ...(byteNames && { "latin1:tree/not-utf8-\xff\xfe\xe4": "bytes\n" }),
        "tree/ünïcødé-日本語-🙂": "unicode\n",
        "tree/e\u0301-decomposed": "",
        "tree/\u00e9-composed": "",
        "tree/new\nline, comma=\t\"quotes\" 'single' \\ *?[x]": "odd\n",
        "tree/ leading and trailing ": "",
        "tree/-dash": "",
        "tree/a-b/x": "",
        "tree/a.b": "",
        "tree/a b/x": "",
        "tree/empty/empty": { directory: true },
        "tree/sticky": { directory: true, mode: 0o1777 },
        "tree/setgid": { directory: true, mode: 0o2755 },
        "tree/closed": { directory: true, mode: 0o700 },
        "tree/setuid": { content: "x", mode: 0o4755 },
        "tree/setugid": { content: "x", mode: 0o6711 },
        "tree/nothing": { mode: 0 },
        "tree/executable": { content: "#!/bin/sh\n", mode: 0o755 },
        "tree/link": { symlink: "a/original" },
        "tree/dangling": { symlink: "../../nowhere" },
        "tree/absolute": { symlink: "/etc/passwd" },
        "tree/loop": { symlink: "loop" },
        "tree/dir-link": { symlink: "a" },
      },
    });
    const byteName = local.find((line) => line.startsWith("not-utf8-"));
    if (byteNames) expect(byteName).toMatch(/^not-utf8-\\xff\\xfe\\xe4 /);
    expect(local.filter((line) => / links=3 /.test(line))).toHaveLength(3);
    expect(local.find((line) => line.startsWith("setuid "))).toMatch(/^setuid 104755 /);
    if (byteNames) return;
    const files = { Dockerfile: "FROM scratch\nCOPY tree /\n", "latin1:tree/not-utf8-\xff": "bytes\n" };
    await expectSameFailure({ files }, place, /string field contains invalid UTF-8/);
  });

  it("through symlinks in the context", () =>
    expectSame({
      files: {
        Dockerfile:
          "FROM scratch\nCOPY link/file /one\nCOPY chain /two\nCOPY wild* /three/\nCOPY outside /four/\n",
        "real/file": "file\n",
        link: { symlink: "real" },
        chain: { symlink: "link/to-file" },
        "real/to-file": { symlink: "../real/./file" },
        "wild-a": { symlink: "real/file" },
        "wild-b": { symlink: "real" },
        "outside/up": { symlink: "../../../../etc/hostname" },
      },
    }));

  it("with a frontend of its own", () =>
    expectSame({
      files: {
        Dockerfile: "# syntax=docker/dockerfile:1\nFROM scratch\nARG NONCE\nCOPY --link x /x\n",
        x: "x\n",
      },
    }));

  it("for two platforms, one of them emulated", async () => {
    const platforms = ["--platform", "linux/amd64,linux/arm64"];
    if (!place.capabilities.multiPlatform) {
      const client = await tsbx(await workspace(), place);
      const { code, stderr } = await client.run(["build", ...platforms, "-"], { stdin: "FROM busybox" });
      expect([code, stderr]).toEqual([1, expect.stringContaining("is not supported by the docker driver")]);
      return;
    }
    const { images } = await expectSame({
      files: {
        Dockerfile: `FROM --platform=$BUILDPLATFORM busybox AS build
ARG NONCE
ARG TARGETARCH
RUN echo $TARGETARCH > /architecture
FROM busybox
ARG NONCE
COPY --from=build /architecture /
RUN uname -m > /machine
`,
      },
      args: platforms,
    });
    expect(images.map(({ platform }) => platform)).toEqual(["linux/amd64", "linux/arm64"]);
  });

  it("of a Dockerfile on stdin, with a context", () =>
    expectSame({
      files: { "from-stdin": "FROM scratch\nARG NONCE\nCOPY x /x\n", x: "x\n" },
      args: ["--file", "-"],
      stdin: "from-stdin",
    }));

  it("of a Dockerfile on stdin, without a context", () =>
    expectSame({
      files: { "from-stdin": "FROM busybox\nARG NONCE\nRUN echo $NONCE > /x\n" },
      context: "-",
      stdin: "from-stdin",
    }));

  it.each(["tar", "tar.gz"])("of a context on stdin, as %s", async (extension) => {
    await expectSame({
      files: {
        "archived/Dockerfile": "FROM scratch\nARG NONCE\nCOPY . /\n",
        "archived/a/x": { content: "x\n", mode: 0o755 },
        "archived/other.Dockerfile": "FROM scratch\nARG NONCE\nCOPY a /other\n",
      },
      context: "-",
      args: ["--file", "other.Dockerfile"],
      stdin: `context.${extension}`,
      prepare: async (parent) => {
        const tar = ["--sort=name", "--mtime=@1500000000", "--exclude=context.*", "--auto-compress"];
        await succeed("tar", [...tar, "-cf", `context/context.${extension}`, "-C", "context/archived", "."], {
          cwd: parent,
        });
      },
    });
  });

  it("with named contexts: a directory, an image and an OCI layout", async () => {
    const layouts = !refuses("layouts");
    await expectSame({
      files: {
        Dockerfile: `FROM base
ARG NONCE
COPY --from=files . /files/
${layouts ? "COPY --from=layout /from-layout /" : ""}
COPY --from=image /bin/busybox /image/
RUN cat /files/x > /read
`,
      },
      args: [
        ...["--build-context", "files=named/files"],
        ...["--build-context", "base=docker-image://busybox"],
        ...["--build-context", "image=docker-image://docker.io/library/alpine:latest"],
        ...(layouts ? ["--build-context", "layout=oci-layout://named/layout"] : []),
      ],
      prepare: async (parent) => {
        writeTree(join(parent, "named/files"), { x: "x\n", dropped: "", ".dockerignore": "dropped\n" });
        await ociLayout(join(parent, "named/layout"));
      },
    });
    if (layouts) return;
    const failing: Scenario = {
      files: { Dockerfile: "FROM scratch\nCOPY --from=layout /from-layout /\n" },
      args: ["--build-context", "layout=oci-layout://named/layout"],
      prepare: (parent) => ociLayout(join(parent, "named/layout")),
    };
    await expectSameFailure(failing, place, /unknown scheme oci-layout/);
  });

  it("with all but one stage from the cache", () =>
    expectSame({
      files: {
        Dockerfile: `FROM busybox AS kept
ARG NONCE
RUN echo kept > /kept
FROM busybox AS rebuilt
ARG NONCE
RUN echo rebuilt > /rebuilt
FROM scratch
COPY --from=kept /kept /
COPY --from=rebuilt /rebuilt /
`,
      },
      args: ["--no-cache-filter", "rebuilt"],
      runs: ["[rebuilt 2/2] RUN echo rebuilt > /rebuilt"],
    }));
});
