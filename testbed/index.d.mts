/** What `bed.json` holds while the bed is up. Paths are absolute; hosts are `127.0.0.1:port`. */
export interface Bed {
  tools: {
    buildkitd: string;
    buildctl: string;
    buildx: string;
    runc: string;
    dockerfileFrontend: string;
    dockerfileFrontendLabs: string;
  };
  buildkitd: {
    /** `unix:///...` */
    unix: string;
    /** Each `tcp://127.0.0.1:port`: without TLS, TLS without a client certificate, TLS that wants one. */
    tcp: { plain: string; tls: string; mtls: string };
    /** PEM files. The `wrong` ones come from an authority the servers do not know. */
    certs: { ca: string; cert: string; key: string; wrongCa: string; wrongCert: string; wrongKey: string };
    root: string;
    pid: number;
    log: string;
  };
  registry: {
    /** Anonymous, plain HTTP; stands for docker.io in the daemon's configuration. */
    plain: { host: string };
    /** HTTPS and a password. */
    tlsAuth: { host: string; user: string; password: string; ca: string };
    /** HTTPS and the token protocol. `log` gets one JSON line for each request to `realm`: see TokenRequest. */
    token: { host: string; user: string; password: string; ca: string; realm: string; log: string };
  };
  ssh: {
    host: "127.0.0.1";
    port: number;
    /** A second server, which forwards no unix sockets. */
    noForwardPort: number;
    user: string;
    /** Private key files. */
    key: string;
    passphraseKey: string;
    passphrase: string;
    unauthorizedKey: string;
    knownHosts: string;
    /** Names a key that is not the servers'. */
    wrongKnownHosts: string;
    /** The daemon's socket as the ssh session sees it. */
    socketPath: string;
    /** Docker's own command line, which sessions have on their PATH: there it asks `docker.containerd`. */
    docker: string;
  };
  /** Programs of the machine that people type into, and `tmux` to do it in a terminal. */
  shells: { bash: string; zsh: string; fish: string; tmux: string };
  /** An S3 server that checks signatures. */
  s3: {
    /** `http://127.0.0.1:port` */
    url: string;
    region: string;
    accessKeyId: string;
    secretAccessKey: string;
    bucket: string;
    /** Where the bucket's objects are files. */
    directory: string;
    /** A line for each request, in the format of S3's access logs. */
    log: string;
  };
  /** Two daemons of the current engine. */
  docker: {
    /** With the containerd image store. */
    containerd: DockerDaemon & {
      /** `tcp://127.0.0.1:port`; wants a client certificate. */
      tcp: string;
      /** A folder with ca.pem, cert.pem and key.pem. */
      certPath: string;
      /** The same with a certificate of an authority the daemon does not know. */
      wrongCertPath: string;
    };
    /** With the classic image store, and what goes for a GPU: who gets it has `TSBX_BED_GPU=all`. */
    classic: DockerDaemon;
  };
  /** Debian's Docker 20.10, whose BuildKit knows little of what came later. */
  dockerLegacy: DockerDaemon;
  /** Debian's browser. */
  browser: { chromium: string };
  /** A cluster of one node. */
  kubernetes: {
    /** `https://127.0.0.1:port` */
    server: string;
    /** Of an administrator; its context is named `bed`. */
    kubeconfig: string;
    /** Where `builder` may do what a builder needs. */
    namespace: string;
    /** Of service accounts; `denied` may do nothing. */
    kubeconfigs: { builder: string; denied: string };
    /** The anonymous registry, as pods reach it. */
    registryForPods: string;
    /** Of the API server. */
    pid: number;
  };
}

export interface DockerDaemon {
  /** `unix:///...` */
  unix: string;
  /** The machine's address on the network of containers. */
  gateway: string;
  root: string;
  pid: number;
  log: string;
}

/** One line of `registry.token.log`. */
export interface TokenRequest {
  time: string;
  method: string;
  status: 200 | 401;
  form: "get" | "get-anonymous" | "post-password" | "post-refresh_token" | (string & {});
  /** Absent when refused. */
  user?: string;
  scopes: string[];
  service?: string;
  /** Whether a refresh token was asked for. */
  offline: boolean;
  agent?: string;
}

/**
 * The addresses of the running bed. Throws, saying what to run, when the bed or one of the sections is not up.
 * @param sections those that must be up, by default all
 */
export declare function loadBed(sections?: readonly (keyof Bed)[]): Bed;

/** The path of one pinned binary, built from source (minutes) when the cache does not have it. */
export declare function ensureTool(name: import("./lib/go-modules.mjs").ToolName): Promise<string>;
