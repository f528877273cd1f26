import protobuf from 'protobufjs/minimal.js';

// 64-bit fields as numbers: ours stay below 2^53, and `long` objects would leak into every caller. It must happen before the
// generated module loads, so this module is imported first.
Object.assign(protobuf.util, { Long: undefined });
protobuf.configure();

export { protobuf };
