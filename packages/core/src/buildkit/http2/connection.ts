import type { Duplex } from "node:stream";
import {
  CLIENT_PREFACE,
  DEFAULT_FRAME,
  DEFAULT_WINDOW,
  ErrorCode,
  errorName,
  Flag,
  FrameType,
  frame,
  goAwayFrame,
  MAX_WINDOW,
  NO_BYTES,
  numberFrame,
  ProtocolError,
  Setting,
  settingsFrame,
} from "./frame.ts";
import { FrameReader, type FrameSink } from "./frame-reader.ts";
import { HeaderBlocks, headerFrames, MAX_HEADERS } from "./header-blocks.ts";
import type { Field } from "./hpack.ts";
import { Outbox } from "./outbox.ts";
import { ReceiveWindow } from "./receive-window.ts";
import { Http2Stream, STREAM_WINDOW, type StreamOwner } from "./stream.ts";
import { StreamTable } from "./stream-table.ts";

const MIB = 1024 * 1024;
/** What the other side may send before we read, on all streams together. */
const CONNECTION_WINDOW = 16 * MIB;
/** The longest frame that we take. */
const MAX_FRAME = MIB;
/** The most streams that a client may have open. */
const MAX_STREAMS = 1000;
/** More than we ever send at a time: the rest are answers to a side that asks and does not listen. */
const MAX_BACKLOG = 16 * MIB;
/** How long the last words to a side that broke the protocol may take. */
const LINGER_MS = 1000;

export interface Http2Options {
  /** Makes this side the server, which gets each stream that the client opens, with its headers. */
  onStream?: (stream: Http2Stream, fields: readonly Field[]) => void;
}

/** Something that the event loop can wait for or not, such as a socket. */
type Referable = Duplex & { ref?(): void; unref?(): void };

/**
 * One HTTP/2 connection over a Duplex, as its client or its server (RFC 9113), with what gRPC needs of it: no pushes,
 * no priorities. A client's connection that is open but idle does not keep the process alive; a stream does.
 */
export class Http2Connection implements FrameSink, StreamOwner {
  readonly #io: Referable;
  readonly #onStream: Http2Options["onStream"];
  readonly #reader: FrameReader;
  readonly #blocks = new HeaderBlocks();
  readonly #outbox: Outbox;
  readonly #receiveWindow = new ReceiveWindow(CONNECTION_WINDOW);
  readonly #streams = new StreamTable();
  /** Streams that wait until the other side allows one more. */
  #waiting: Array<{ stream: Http2Stream; fields: readonly Field[] }> = [];
  #maxStreams = Number.POSITIVE_INFINITY;
  /** What the other side takes of a new stream. */
  #initialWindow = DEFAULT_WINDOW;
  #greeted = false;
  #leaving = false;
  #broken = false;
  #error: Error | undefined;

  /** Takes the connection over. */
  constructor(io: Duplex, { onStream }: Http2Options = {}) {
    this.#io = io;
    this.#onStream = onStream;
    this.#reader = new FrameReader(this, onStream ? CLIENT_PREFACE : NO_BYTES, MAX_FRAME);
    this.#outbox = new Outbox(io, (stream) => this.#sentEnd(stream));
    const settings = settingsFrame([
      onStream ? [Setting.MAX_CONCURRENT_STREAMS, MAX_STREAMS] : [Setting.ENABLE_PUSH, 0],
      [Setting.INITIAL_WINDOW_SIZE, STREAM_WINDOW],
      [Setting.MAX_FRAME_SIZE, MAX_FRAME],
      [Setting.MAX_HEADER_LIST_SIZE, MAX_HEADERS],
    ]);
    const window = numberFrame(FrameType.WINDOW_UPDATE, 0, CONNECTION_WINDOW - DEFAULT_WINDOW);
    this.#outbox.send(...(onStream ? [] : [CLIENT_PREFACE]), settings, window);
    io.on("data", (chunk: Buffer) => this.#receive(chunk));
    io.on("error", (error) => {
      // It says more than that the other side has announced its end.
      this.#error = error;
    });
    io.once("end", () => io.destroy());
    io.once("close", () => this.#closed());
    if (!onStream) this.#io.unref?.();
  }

  /** Whether streams can still be opened. */
  get open(): boolean {
    return !this.#leaving && !this.#io.destroyed;
  }

  /** Why the connection broke. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Opens a stream, as soon as the other side allows one more. */
  request(fields: readonly Field[]): Http2Stream {
    const stream = new Http2Stream(this);
    this.#waiting.push({ stream, fields });
    this.#openWaiting();
    return stream;
  }

  /** Sends the first headers of a stream that the client has opened. */
  respond(stream: Http2Stream, fields: readonly Field[]): void {
    this.#outbox.send(headerFrames(stream.id, fields, false, this.#outbox.maxFrame));
  }

  /** Ends the connection, with all streams on it. */
  destroy(): void {
    this.#leaving = true;
    this.#io.destroy();
  }

  // What streams ask for.

  wake(stream: Http2Stream): void {
    if (stream.id > 0) this.#outbox.add(stream);
  }

  credit(stream: Http2Stream, length: number): void {
    this.#credit(length);
    const more = stream.receiveWindow.taken(length);
    if (more > 0 && !stream.remoteEnded) this.#sendNumber(FrameType.WINDOW_UPDATE, stream.id, more);
  }

  reset(stream: Http2Stream, code: number): void {
    stream.resetCode = code;
    if (stream.id > 0) this.#sendNumber(FrameType.RST_STREAM, stream.id, code);
    else this.#waiting = this.#waiting.filter((each) => each.stream !== stream);
    this.#forget(stream, new Error(`the stream was given up: ${errorName(code)}`));
  }

  // What is received.

  #receive(chunk: Buffer): void {
    if (this.#broken) return;
    try {
      this.#reader.push(chunk);
      if (this.#io.writableLength > MAX_BACKLOG) {
        throw new ProtocolError("the other side takes no answers", ErrorCode.ENHANCE_YOUR_CALM);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(error);
    }
  }

  /** Tells the other side what it did, and is done with it. */
  #fail(error: ProtocolError): void {
    this.#broken = true;
    this.#error ??= error;
    this.#outbox.end(goAwayFrame(this.#onStream ? this.#streams.lastId : 0, error.code));
    this.#io.once("finish", () => this.#io.destroy());
    setTimeout(() => this.#io.destroy(), LINGER_MS).unref();
    this.#closed();
  }

  data(id: number, piece: Buffer, ends: boolean): void {
    this.#receiveWindow.received(piece.length);
    const stream = this.#streams.find(id, "data");
    if (!stream || stream.remoteEnded) {
      this.#credit(piece.length);
      if (stream) this.reset(stream, ErrorCode.STREAM_CLOSED);
      return;
    }
    stream.receiveWindow.received(piece.length);
    if (piece.length > 0) stream.receive(piece);
    if (ends) this.#receivedEnd(stream);
  }

  padding(id: number, length: number): void {
    this.#receiveWindow.received(length);
    const stream = this.#streams.find(id, "data");
    stream?.receiveWindow.received(length);
    if (stream) this.credit(stream, length);
    else this.#credit(length);
  }

  frame(type: number, flags: number, id: number, payload: Buffer): void {
    if (!this.#greeted && (type !== FrameType.SETTINGS || flags & Flag.ACK)) {
      throw new ProtocolError("the other side did not begin with settings");
    }
    this.#greeted = true;
    const block = this.#blocks.take(type, flags, id, payload);
    if (block) this.#receivedHeaders(block.id, block.fields, block.ends);
    else if (type === FrameType.RST_STREAM) this.#receivedReset(id, payload);
    else if (type === FrameType.SETTINGS) this.#receivedSettings(flags, payload);
    else if (type === FrameType.PING) this.#receivedPing(flags, payload);
    else if (type === FrameType.GOAWAY) this.#receivedGoAway(payload);
    else if (type === FrameType.WINDOW_UPDATE) this.#receivedWindow(id, payload);
    else if (type === FrameType.PUSH_PROMISE) throw new ProtocolError("a push, which was refused");
  }

  #receivedHeaders(id: number, fields: readonly Field[], ends: boolean): void {
    const opens = this.#onStream !== undefined && this.#streams.isNew(id);
    const stream = opens ? this.#accept(id) : this.#streams.find(id, "headers");
    if (!stream) return;
    if (opens) this.#onStream?.(stream, fields);
    else stream.onHeaders?.(fields);
    if (ends) this.#receivedEnd(stream);
  }

  #accept(id: number): Http2Stream | undefined {
    if (this.#streams.size < MAX_STREAMS) return this.#add(new Http2Stream(this), id);
    this.#streams.use(id);
    this.#sendNumber(FrameType.RST_STREAM, id, ErrorCode.REFUSED_STREAM);
    return undefined;
  }

  #receivedEnd(stream: Http2Stream): void {
    stream.receiveEnd();
    if (stream.localEnded) this.#forget(stream);
    // The answer is complete: what we could still send is for nobody.
    else if (!this.#onStream) this.reset(stream, ErrorCode.NO_ERROR);
  }

  #receivedReset(id: number, payload: Buffer): void {
    const code = numberIn(payload, "RST_STREAM");
    const stream = this.#streams.find(id, "a reset");
    if (!stream) return;
    stream.resetCode = code;
    this.#forget(stream, new Error(`the other side gave the stream up: ${errorName(code)}`));
  }

  #receivedSettings(flags: number, payload: Buffer): void {
    if (flags & Flag.ACK) return;
    if (payload.length % 6 !== 0) throw wrongLength("SETTINGS");
    for (let at = 0; at < payload.length; at += 6) {
      this.#set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
    }
    this.#outbox.send(frame(FrameType.SETTINGS, Flag.ACK, 0));
    this.#openWaiting();
  }

  #set(name: number, value: number): void {
    if (name === Setting.MAX_CONCURRENT_STREAMS) this.#maxStreams = value;
    else if (name === Setting.MAX_FRAME_SIZE) {
      if (value < DEFAULT_FRAME) throw new ProtocolError(`frames of ${value} bytes`);
      this.#outbox.maxFrame = value;
    } else if (name === Setting.INITIAL_WINDOW_SIZE) {
      for (const stream of this.#streams.all()) this.#grow(stream, value - this.#initialWindow);
      this.#initialWindow = value;
    }
  }

  #receivedPing(flags: number, payload: Buffer): void {
    if (payload.length !== 8) throw wrongLength("PING");
    if (!(flags & Flag.ACK)) this.#outbox.send(frame(FrameType.PING, Flag.ACK, 0, payload));
  }

  #receivedGoAway(payload: Buffer): void {
    if (payload.length < 8) throw wrongLength("GOAWAY");
    const lastId = payload.readUInt32BE() & MAX_WINDOW;
    const error = new Error(`the other side closes the connection: ${errorName(payload.readUInt32BE(4))}`);
    this.#leaving = true;
    this.#error ??= error;
    for (const stream of this.#streams.all()) {
      if (!this.#onStream && stream.id > lastId) this.#forget(stream, error);
    }
    this.#failWaiting(error);
    this.#leaveWhenIdle();
  }

  #receivedWindow(id: number, payload: Buffer): void {
    const more = numberIn(payload, "WINDOW_UPDATE") & MAX_WINDOW;
    if (more === 0) throw new ProtocolError("a window that does not grow");
    if (id > 0) {
      const stream = this.#streams.find(id, "a window");
      if (stream) this.#grow(stream, more);
    } else {
      this.#outbox.window = grown(this.#outbox.window, more);
      this.#outbox.schedule();
    }
  }

  #grow(stream: Http2Stream, more: number): void {
    stream.sendWindow = grown(stream.sendWindow, more);
    this.#outbox.add(stream);
  }

  // Beginning and end of streams.

  #openWaiting(): void {
    while (this.#waiting.length > 0 && this.#streams.size < this.#maxStreams) {
      const { stream, fields } = this.#waiting.shift()!;
      this.#add(stream, this.#streams.nextId());
      this.#outbox.send(headerFrames(stream.id, fields, false, this.#outbox.maxFrame));
      this.#outbox.add(stream);
    }
  }

  #failWaiting(error: Error): void {
    for (const { stream } of this.#waiting.splice(0)) stream.close(error);
  }

  #add(stream: Http2Stream, id: number): Http2Stream {
    stream.id = id;
    stream.sendWindow = this.#initialWindow;
    if (this.#streams.size === 0 && !this.#onStream) this.#io.ref?.();
    this.#streams.use(id, stream);
    return stream;
  }

  #sentEnd(stream: Http2Stream): void {
    if (stream.remoteEnded) this.#forget(stream);
    // The answer is complete: what the client could still send is for nobody.
    else if (this.#onStream) this.reset(stream, ErrorCode.NO_ERROR);
  }

  #forget(stream: Http2Stream, error?: Error): void {
    this.#outbox.delete(stream);
    if (this.#streams.delete(stream)) this.#credit(stream.unread);
    stream.close(error);
    this.#openWaiting();
    if (this.#streams.size > 0 || this.#onStream) return;
    this.#io.unref?.();
    this.#leaveWhenIdle();
  }

  /** The other side has said that it goes: when the last stream has ended, so do we. */
  #leaveWhenIdle(): void {
    if (this.#leaving && this.#streams.size === 0) this.#io.destroy();
  }

  #closed(): void {
    const error = this.#error ?? new Error("the connection was closed");
    this.#leaving = true;
    this.#failWaiting(error);
    for (const stream of this.#streams.all()) this.#forget(stream, error);
  }

  #credit(length: number): void {
    const more = this.#receiveWindow.taken(length);
    if (more > 0) this.#sendNumber(FrameType.WINDOW_UPDATE, 0, more);
  }

  #sendNumber(type: number, id: number, value: number): void {
    this.#outbox.send(numberFrame(type, id, value));
  }
}

/** @throws ProtocolError beyond the largest window */
function grown(window: number, more: number): number {
  if (window + more > MAX_WINDOW) throw new ProtocolError("a window too large", ErrorCode.FLOW_CONTROL_ERROR);
  return window + more;
}

function numberIn(payload: Buffer, name: string): number {
  if (payload.length !== 4) throw wrongLength(name);
  return payload.readUInt32BE();
}

function wrongLength(name: string): ProtocolError {
  return new ProtocolError(`a ${name} frame of a wrong length`, ErrorCode.FRAME_SIZE_ERROR);
}
