import type { MessageCodec } from "../transport/channel.ts";
import { Code, GrpcError } from "../transport/status.ts";
import type { ServerCall, ServerHandler } from "../transport/stream.ts";

/** A handler for a method that takes one message and gives one back. */
export function unary<Req, Res>(
  method: { requestType: MessageCodec<Req>; responseType: MessageCodec<Res> },
  respond: (request: Req, call: ServerCall) => Promise<Res> | Res,
): ServerHandler {
  return async (call) => {
    for await (const message of call.messages()) {
      const response = await respond(method.requestType.decode(message), call);
      call.send(method.responseType.encode(response).finish());
      return;
    }
    throw new GrpcError(Code.INVALID_ARGUMENT, `${call.path} was called without a request`);
  };
}
