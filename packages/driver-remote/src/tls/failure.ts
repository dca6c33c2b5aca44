import { TsbxError, unreachable } from "@tsbx/core/driver";
import type { TlsOptions } from "./options.ts";

/** Makes the error for a connection that failed during or right after the TLS handshake. */
export function tlsFailure(cause: unknown, subject: string, options: TlsOptions): TsbxError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const kind = KINDS.find(({ codes }) => codes.test(code));
  if (!kind) return unreachable(subject, cause);
  const { error, fact, hint } = kind.describe(options, cause);
  return new TsbxError(error, `${subject} ${fact}`, { hint, cause });
}

interface Description {
  error: string;
  fact: string;
  hint: string;
}

interface Kind {
  /** Matches the error codes of Node and OpenSSL. */
  codes: RegExp;
  describe(options: TlsOptions, cause: unknown): Description;
}

const KINDS: readonly Kind[] = [
  {
    codes: /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA)/,
    describe: ({ cacert }) => ({
      error: "TLS_UNKNOWN_CA",
      fact: `has a certificate that was not signed by ${cacert ?? "an authority this machine trusts"}`,
      hint: "Give the certificate of the daemon's authority as driver option cacert.",
    }),
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    describe: (_options, cause) => ({
      error: "TLS_SERVER_NAME_MISMATCH",
      fact: `has a certificate for another name: ${reasonOf(cause)}`,
      hint: "Give one of the certificate's names as driver option servername.",
    }),
  },
  {
    codes: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    describe: (_options, cause) => ({
      error: "TLS_CERT_EXPIRED",
      fact: `has a certificate that is not valid now: ${reasonOf(cause)}`,
      hint: "Renew the daemon's certificate, or set this machine's clock right.",
    }),
  },
  {
    // With TLS 1.2 a missing client certificate is an ordinary handshake failure.
    codes:
      /ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|UNKNOWN_CA|.*CERTIFICATE.*|ACCESS_DENIED|DECRYPT_ERROR)$/,
    describe: ({ cert }, cause) =>
      cert === undefined
        ? {
            error: "TLS_CLIENT_CERT_REQUIRED",
            fact: "wants a client certificate",
            hint: "Give the driver options cert and key.",
          }
        : {
            error: "TLS_CLIENT_CERT_REJECTED",
            fact: `rejected the client certificate ${cert}: ${reasonOf(cause)}`,
            hint: "Give a certificate, still valid, from an authority that the daemon trusts.",
          },
  },
  {
    codes: /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE)$/,
    describe: () => ({
      error: "TLS_NOT_SPOKEN",
      fact: "does not speak TLS",
      hint: "Remove the driver options cacert, cert, key and servername, or use the daemon's TLS port.",
    }),
  },
  {
    codes:
      /ALERT_(PROTOCOL_VERSION|NO_APPLICATION_PROTOCOL|INSUFFICIENT_SECURITY)$|^ERR_SSL_UNSUPPORTED_PROTOCOL$/,
    describe: (_options, cause) => ({
      error: "TLS_NO_COMMON_PROTOCOL",
      fact: `speaks no TLS 1.2 or 1.3 with HTTP/2: ${reasonOf(cause)}`,
      hint: "Check that the address is buildkitd's own, not that of an older proxy.",
    }),
  },
];

/** OpenSSL keeps the short form apart; its message is for its own developers. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return "reason" in cause && typeof cause.reason === "string" ? cause.reason : cause.message;
}
