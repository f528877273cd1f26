/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $String = $util.global.String, $Boolean = $util.global.Boolean, $Number = $util.global.Number, $parseInt = $util.global.parseInt, $BigInt = $util.global.BigInt, $Array = $util.global.Array, $isFinite = $util.global.isFinite;

// Exported root namespace
const $root = $protobuf.roots["swarmledger"] || ($protobuf.roots["swarmledger"] = {});

export const swarmledger = $root.swarmledger = (() => {

    /**
     * Namespace swarmledger.
     * @exports swarmledger
     * @namespace
     */
    const swarmledger = {};

    swarmledger.v1 = (function() {

        /**
         * Namespace v1.
         * @memberof swarmledger
         * @namespace
         */
        const v1 = {};

        v1.SwarmEvent = (function() {

            /**
             * Properties of a SwarmEvent.
             * @typedef {Object} swarmledger.v1.SwarmEvent.$Properties
             * @property {string|null} [eventId] SwarmEvent eventId
             * @property {google.protobuf.Timestamp.$Properties|null} [timestamp] SwarmEvent timestamp
             * @property {string|null} [traceId] SwarmEvent traceId
             * @property {string|null} [spanId] SwarmEvent spanId
             * @property {swarmledger.v1.AgentRole|null} [agentRole] SwarmEvent agentRole
             * @property {string|null} [agentId] SwarmEvent agentId
             * @property {swarmledger.v1.Decision.$Properties|null} [decision] SwarmEvent decision
             * @property {swarmledger.v1.StateChange.$Properties|null} [stateChange] SwarmEvent stateChange
             * @property {swarmledger.v1.SystemSignal.$Properties|null} [systemSignal] SwarmEvent systemSignal
             * @property {swarmledger.v1.Conflict.$Properties|null} [conflict] SwarmEvent conflict
             * @property {swarmledger.v1.ContentChunk.$Properties|null} [contentChunk] SwarmEvent contentChunk
             * @property {Uint8Array|null} [encryptedPayload] SwarmEvent encryptedPayload
             * @property {string|null} [tenantId] SwarmEvent tenantId
             * @property {string|null} [userId] SwarmEvent userId
             * @property {boolean|null} [isEncrypted] SwarmEvent isEncrypted
             * @property {string|null} [projectId] SwarmEvent projectId
             * @property {string|null} [branch] SwarmEvent branch
             * @property {string|null} [parentEventId] SwarmEvent parentEventId
             * @property {number|Long|null} [sequence] SwarmEvent sequence
             * @property {Object.<string,string>|null} [attributes] SwarmEvent attributes
             * @property {number|Long|null} [clockOffsetUs] SwarmEvent clockOffsetUs
             * @property {"decision"|"stateChange"|"systemSignal"|"conflict"|"contentChunk"|"encryptedPayload"} [payload] SwarmEvent payload
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SwarmEvent.
             * @memberof swarmledger.v1
             * @interface ISwarmEvent
             * @augments swarmledger.v1.SwarmEvent.$Properties
             * @deprecated Use swarmledger.v1.SwarmEvent.$Properties instead.
             */

            /**
             * Narrowed shape of a SwarmEvent.
             * @typedef {{
             *   eventId?: string|null;
             *   timestamp?: google.protobuf.Timestamp.$Shape|null;
             *   traceId?: string|null;
             *   spanId?: string|null;
             *   agentRole?: swarmledger.v1.AgentRole|null;
             *   agentId?: string|null;
             *   decision?: swarmledger.v1.Decision.$Shape|null;
             *   stateChange?: swarmledger.v1.StateChange.$Shape|null;
             *   systemSignal?: swarmledger.v1.SystemSignal.$Shape|null;
             *   conflict?: swarmledger.v1.Conflict.$Shape|null;
             *   contentChunk?: swarmledger.v1.ContentChunk.$Shape|null;
             *   encryptedPayload?: Uint8Array|null;
             *   tenantId?: string|null;
             *   userId?: string|null;
             *   isEncrypted?: boolean|null;
             *   projectId?: string|null;
             *   branch?: string|null;
             *   parentEventId?: string|null;
             *   sequence?: number|Long|null;
             *   attributes?: Object.<string,string>|null;
             *   clockOffsetUs?: number|Long|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ payload?: undefined; decision?: null; stateChange?: null; systemSignal?: null; conflict?: null; contentChunk?: null; encryptedPayload?: null }|{ payload?: "decision"; decision: swarmledger.v1.Decision.$Shape; stateChange?: null; systemSignal?: null; conflict?: null; contentChunk?: null; encryptedPayload?: null }|{ payload?: "stateChange"; decision?: null; stateChange: swarmledger.v1.StateChange.$Shape; systemSignal?: null; conflict?: null; contentChunk?: null; encryptedPayload?: null }|{ payload?: "systemSignal"; decision?: null; stateChange?: null; systemSignal: swarmledger.v1.SystemSignal.$Shape; conflict?: null; contentChunk?: null; encryptedPayload?: null }|{ payload?: "conflict"; decision?: null; stateChange?: null; systemSignal?: null; conflict: swarmledger.v1.Conflict.$Shape; contentChunk?: null; encryptedPayload?: null }|{ payload?: "contentChunk"; decision?: null; stateChange?: null; systemSignal?: null; conflict?: null; contentChunk: swarmledger.v1.ContentChunk.$Shape; encryptedPayload?: null }|{ payload?: "encryptedPayload"; decision?: null; stateChange?: null; systemSignal?: null; conflict?: null; contentChunk?: null; encryptedPayload: Uint8Array })
             * )} swarmledger.v1.SwarmEvent.$Shape
             */

            /**
             * Constructs a new SwarmEvent.
             * @memberof swarmledger.v1
             * @classdesc Represents a SwarmEvent.
             * @constructor
             * @param {swarmledger.v1.SwarmEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SwarmEvent = function (properties) {
                this.attributes = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SwarmEvent eventId.
             * @member {string} eventId
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.eventId = "";

            /**
             * SwarmEvent timestamp.
             * @member {google.protobuf.Timestamp.$Properties|null|undefined} timestamp
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.timestamp = null;

            /**
             * SwarmEvent traceId.
             * @member {string} traceId
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.traceId = "";

            /**
             * SwarmEvent spanId.
             * @member {string} spanId
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.spanId = "";

            /**
             * SwarmEvent agentRole.
             * @member {swarmledger.v1.AgentRole} agentRole
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.agentRole = 0;

            /**
             * SwarmEvent agentId.
             * @member {string} agentId
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.agentId = "";

            /**
             * SwarmEvent decision.
             * @member {swarmledger.v1.Decision.$Properties|null|undefined} decision
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.decision = null;

            /**
             * SwarmEvent stateChange.
             * @member {swarmledger.v1.StateChange.$Properties|null|undefined} stateChange
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.stateChange = null;

            /**
             * SwarmEvent systemSignal.
             * @member {swarmledger.v1.SystemSignal.$Properties|null|undefined} systemSignal
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.systemSignal = null;

            /**
             * SwarmEvent conflict.
             * @member {swarmledger.v1.Conflict.$Properties|null|undefined} conflict
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.conflict = null;

            /**
             * SwarmEvent contentChunk.
             * @member {swarmledger.v1.ContentChunk.$Properties|null|undefined} contentChunk
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.contentChunk = null;

            /**
             * SwarmEvent encryptedPayload.
             * @member {Uint8Array|null|undefined} encryptedPayload
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.encryptedPayload = null;

            /**
             * SwarmEvent tenantId.
             * @member {string} tenantId
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.tenantId = "";

            /**
             * SwarmEvent userId.
             * @member {string} userId
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.userId = "";

            /**
             * SwarmEvent isEncrypted.
             * @member {boolean} isEncrypted
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.isEncrypted = false;

            /**
             * SwarmEvent projectId.
             * @member {string} projectId
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.projectId = "";

            /**
             * SwarmEvent branch.
             * @member {string} branch
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.branch = "";

            /**
             * SwarmEvent parentEventId.
             * @member {string} parentEventId
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.parentEventId = "";

            /**
             * SwarmEvent sequence.
             * @member {number|Long} sequence
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * SwarmEvent attributes.
             * @member {Object.<string,string>} attributes
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.attributes = $util.emptyObject;

            /**
             * SwarmEvent clockOffsetUs.
             * @member {number|Long|null|undefined} clockOffsetUs
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            SwarmEvent.prototype.clockOffsetUs = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * SwarmEvent payload.
             * @member {"decision"|"stateChange"|"systemSignal"|"conflict"|"contentChunk"|"encryptedPayload"|undefined} payload
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             */
            $Object.defineProperty(SwarmEvent.prototype, "payload", {
                get: $util.oneOfGetter($oneOfFields = ["decision", "stateChange", "systemSignal", "conflict", "contentChunk", "encryptedPayload"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(SwarmEvent.prototype, "_clockOffsetUs", {
                get: $util.oneOfGetter($oneOfFields = ["clockOffsetUs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified SwarmEvent message. Does not implicitly {@link swarmledger.v1.SwarmEvent.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.SwarmEvent
             * @static
             * @param {swarmledger.v1.SwarmEvent.$Properties} message SwarmEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SwarmEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.eventId != null && $Object.hasOwnProperty.call(message, "eventId") && message.eventId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.eventId);
                if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp"))
                    $root.google.protobuf.Timestamp.encode(message.timestamp, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.traceId != null && $Object.hasOwnProperty.call(message, "traceId") && message.traceId !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.traceId);
                if (message.spanId != null && $Object.hasOwnProperty.call(message, "spanId") && message.spanId !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.spanId);
                if (message.agentRole != null && $Object.hasOwnProperty.call(message, "agentRole") && message.agentRole !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).int32(message.agentRole);
                if (message.agentId != null && $Object.hasOwnProperty.call(message, "agentId") && message.agentId !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.agentId);
                if (message.decision != null && $Object.hasOwnProperty.call(message, "decision"))
                    $root.swarmledger.v1.Decision.encode(message.decision, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.stateChange != null && $Object.hasOwnProperty.call(message, "stateChange"))
                    $root.swarmledger.v1.StateChange.encode(message.stateChange, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.systemSignal != null && $Object.hasOwnProperty.call(message, "systemSignal"))
                    $root.swarmledger.v1.SystemSignal.encode(message.systemSignal, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
                if (message.conflict != null && $Object.hasOwnProperty.call(message, "conflict"))
                    $root.swarmledger.v1.Conflict.encode(message.conflict, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
                if (message.contentChunk != null && $Object.hasOwnProperty.call(message, "contentChunk"))
                    $root.swarmledger.v1.ContentChunk.encode(message.contentChunk, writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
                if (message.encryptedPayload != null && $Object.hasOwnProperty.call(message, "encryptedPayload"))
                    writer.uint32(/* id 15, wireType 2 =*/122).bytes(message.encryptedPayload);
                if (message.tenantId != null && $Object.hasOwnProperty.call(message, "tenantId") && message.tenantId !== "")
                    writer.uint32(/* id 20, wireType 2 =*/162).string(message.tenantId);
                if (message.userId != null && $Object.hasOwnProperty.call(message, "userId") && message.userId !== "")
                    writer.uint32(/* id 21, wireType 2 =*/170).string(message.userId);
                if (message.isEncrypted != null && $Object.hasOwnProperty.call(message, "isEncrypted") && message.isEncrypted !== false)
                    writer.uint32(/* id 22, wireType 0 =*/176).bool(message.isEncrypted);
                if (message.projectId != null && $Object.hasOwnProperty.call(message, "projectId") && message.projectId !== "")
                    writer.uint32(/* id 23, wireType 2 =*/186).string(message.projectId);
                if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                    writer.uint32(/* id 24, wireType 2 =*/194).string(message.branch);
                if (message.parentEventId != null && $Object.hasOwnProperty.call(message, "parentEventId") && message.parentEventId !== "")
                    writer.uint32(/* id 25, wireType 2 =*/202).string(message.parentEventId);
                if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                    writer.uint32(/* id 26, wireType 0 =*/208).uint64(message.sequence);
                if (message.attributes != null && $Object.hasOwnProperty.call(message, "attributes"))
                    for (let keys = $Object.keys(message.attributes), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 27, wireType 2 =*/218).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.attributes[keys[i]]).ldelim();
                if (message.clockOffsetUs != null && $Object.hasOwnProperty.call(message, "clockOffsetUs"))
                    writer.uint32(/* id 28, wireType 0 =*/224).sint64(message.clockOffsetUs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SwarmEvent message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.SwarmEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.SwarmEvent & swarmledger.v1.SwarmEvent.$Shape} SwarmEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SwarmEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.SwarmEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.eventId = value;
                            else
                                delete message.eventId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.timestamp = $root.google.protobuf.Timestamp.decode(reader, reader.size(), $undefined, _depth + 1, message.timestamp);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.traceId = value;
                            else
                                delete message.traceId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.spanId = value;
                            else
                                delete message.spanId;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.agentRole = value;
                            else
                                delete message.agentRole;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.agentId = value;
                            else
                                delete message.agentId;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.decision = $root.swarmledger.v1.Decision.decode(reader, reader.size(), $undefined, _depth + 1, message.decision);
                            message.payload = "decision";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.stateChange = $root.swarmledger.v1.StateChange.decode(reader, reader.size(), $undefined, _depth + 1, message.stateChange);
                            message.payload = "stateChange";
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.systemSignal = $root.swarmledger.v1.SystemSignal.decode(reader, reader.size(), $undefined, _depth + 1, message.systemSignal);
                            message.payload = "systemSignal";
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.conflict = $root.swarmledger.v1.Conflict.decode(reader, reader.size(), $undefined, _depth + 1, message.conflict);
                            message.payload = "conflict";
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            message.contentChunk = $root.swarmledger.v1.ContentChunk.decode(reader, reader.size(), $undefined, _depth + 1, message.contentChunk);
                            message.payload = "contentChunk";
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            message.encryptedPayload = reader.bytes();
                            message.payload = "encryptedPayload";
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.tenantId = value;
                            else
                                delete message.tenantId;
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.userId = value;
                            else
                                delete message.userId;
                            continue;
                        }
                    case 22: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.isEncrypted = value;
                            else
                                delete message.isEncrypted;
                            continue;
                        }
                    case 23: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.projectId = value;
                            else
                                delete message.projectId;
                            continue;
                        }
                    case 24: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.branch = value;
                            else
                                delete message.branch;
                            continue;
                        }
                    case 25: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.parentEventId = value;
                            else
                                delete message.parentEventId;
                            continue;
                        }
                    case 26: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.sequence = value;
                            else
                                delete message.sequence;
                            continue;
                        }
                    case 27: {
                            if (wireType !== 2)
                                break;
                            if (message.attributes === $util.emptyObject)
                                message.attributes = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.attributes, key);
                            message.attributes[key] = value;
                            continue;
                        }
                    case 28: {
                            if (wireType !== 0)
                                break;
                            message.clockOffsetUs = reader.sint64();
                            message._clockOffsetUs = "clockOffsetUs";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a SwarmEvent message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.SwarmEvent
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.SwarmEvent} SwarmEvent
             */
            SwarmEvent.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.SwarmEvent)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.SwarmEvent: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.SwarmEvent();
                if (object.eventId != null)
                    if (typeof object.eventId !== "string" || object.eventId.length)
                        message.eventId = $String(object.eventId);
                if (object.timestamp != null) {
                    if (!$util.isObject(object.timestamp))
                        throw $TypeError(".swarmledger.v1.SwarmEvent.timestamp: object expected");
                    message.timestamp = $root.google.protobuf.Timestamp.fromObject(object.timestamp, _depth + 1);
                }
                if (object.traceId != null)
                    if (typeof object.traceId !== "string" || object.traceId.length)
                        message.traceId = $String(object.traceId);
                if (object.spanId != null)
                    if (typeof object.spanId !== "string" || object.spanId.length)
                        message.spanId = $String(object.spanId);
                if (object.agentRole !== 0 && (typeof object.agentRole !== "string" || $root.swarmledger.v1.AgentRole[object.agentRole] !== 0))
                    switch (object.agentRole) {
                    case "AGENT_ROLE_UNSPECIFIED":
                    case 0:
                        message.agentRole = 0;
                        break;
                    case "AGENT_ROLE_ORCHESTRATOR":
                    case 1:
                        message.agentRole = 1;
                        break;
                    case "AGENT_ROLE_PLANNER":
                    case 2:
                        message.agentRole = 2;
                        break;
                    case "AGENT_ROLE_CODER":
                    case 3:
                        message.agentRole = 3;
                        break;
                    case "AGENT_ROLE_REVIEWER":
                    case 4:
                        message.agentRole = 4;
                        break;
                    case "AGENT_ROLE_TESTER":
                    case 5:
                        message.agentRole = 5;
                        break;
                    case "AGENT_ROLE_RESEARCHER":
                    case 6:
                        message.agentRole = 6;
                        break;
                    case "AGENT_ROLE_OPERATOR":
                    case 7:
                        message.agentRole = 7;
                        break;
                    case "AGENT_ROLE_HUMAN":
                    case 8:
                        message.agentRole = 8;
                        break;
                    default:
                        if (typeof object.agentRole === "number" && (object.agentRole | 0) === object.agentRole)
                            message.agentRole = object.agentRole;
                    }
                if (object.agentId != null)
                    if (typeof object.agentId !== "string" || object.agentId.length)
                        message.agentId = $String(object.agentId);
                if (object.decision != null) {
                    if (!$util.isObject(object.decision))
                        throw $TypeError(".swarmledger.v1.SwarmEvent.decision: object expected");
                    message.decision = $root.swarmledger.v1.Decision.fromObject(object.decision, _depth + 1);
                }
                if (object.stateChange != null) {
                    if (!$util.isObject(object.stateChange))
                        throw $TypeError(".swarmledger.v1.SwarmEvent.stateChange: object expected");
                    message.stateChange = $root.swarmledger.v1.StateChange.fromObject(object.stateChange, _depth + 1);
                }
                if (object.systemSignal != null) {
                    if (!$util.isObject(object.systemSignal))
                        throw $TypeError(".swarmledger.v1.SwarmEvent.systemSignal: object expected");
                    message.systemSignal = $root.swarmledger.v1.SystemSignal.fromObject(object.systemSignal, _depth + 1);
                }
                if (object.conflict != null) {
                    if (!$util.isObject(object.conflict))
                        throw $TypeError(".swarmledger.v1.SwarmEvent.conflict: object expected");
                    message.conflict = $root.swarmledger.v1.Conflict.fromObject(object.conflict, _depth + 1);
                }
                if (object.contentChunk != null) {
                    if (!$util.isObject(object.contentChunk))
                        throw $TypeError(".swarmledger.v1.SwarmEvent.contentChunk: object expected");
                    message.contentChunk = $root.swarmledger.v1.ContentChunk.fromObject(object.contentChunk, _depth + 1);
                }
                if (object.encryptedPayload != null)
                    if (typeof object.encryptedPayload === "string")
                        $util.base64.decode(object.encryptedPayload, message.encryptedPayload = $util.newBuffer($util.base64.length(object.encryptedPayload)), 0);
                    else if (object.encryptedPayload.length >= 0)
                        message.encryptedPayload = object.encryptedPayload;
                if (object.tenantId != null)
                    if (typeof object.tenantId !== "string" || object.tenantId.length)
                        message.tenantId = $String(object.tenantId);
                if (object.userId != null)
                    if (typeof object.userId !== "string" || object.userId.length)
                        message.userId = $String(object.userId);
                if (object.isEncrypted != null)
                    if (object.isEncrypted)
                        message.isEncrypted = $Boolean(object.isEncrypted);
                if (object.projectId != null)
                    if (typeof object.projectId !== "string" || object.projectId.length)
                        message.projectId = $String(object.projectId);
                if (object.branch != null)
                    if (typeof object.branch !== "string" || object.branch.length)
                        message.branch = $String(object.branch);
                if (object.parentEventId != null)
                    if (typeof object.parentEventId !== "string" || object.parentEventId.length)
                        message.parentEventId = $String(object.parentEventId);
                if (object.sequence != null)
                    if (typeof object.sequence === "object" ? object.sequence.low || object.sequence.high : $Number(object.sequence) !== 0)
                        if ($util.Long)
                            message.sequence = $util.Long.fromValue(object.sequence, true);
                        else if (typeof object.sequence === "string")
                            message.sequence = $parseInt(object.sequence, 10);
                        else if (typeof object.sequence === "number")
                            message.sequence = object.sequence;
                        else if (typeof object.sequence === "object")
                            message.sequence = new $util.LongBits(object.sequence.low >>> 0, object.sequence.high >>> 0).toNumber(true);
                if (object.attributes) {
                    if (!$util.isObject(object.attributes))
                        throw $TypeError(".swarmledger.v1.SwarmEvent.attributes: object expected");
                    message.attributes = {};
                    for (let keys = $Object.keys(object.attributes), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.attributes, keys[i]);
                        message.attributes[keys[i]] = $String(object.attributes[keys[i]]);
                    }
                }
                if (object.clockOffsetUs != null)
                    if ($util.Long)
                        message.clockOffsetUs = $util.Long.fromValue(object.clockOffsetUs, false);
                    else if (typeof object.clockOffsetUs === "string")
                        message.clockOffsetUs = $parseInt(object.clockOffsetUs, 10);
                    else if (typeof object.clockOffsetUs === "number")
                        message.clockOffsetUs = object.clockOffsetUs;
                    else if (typeof object.clockOffsetUs === "object")
                        message.clockOffsetUs = new $util.LongBits(object.clockOffsetUs.low >>> 0, object.clockOffsetUs.high >>> 0).toNumber();
                return message;
            };

            /**
             * Creates a plain object from a SwarmEvent message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.SwarmEvent
             * @static
             * @param {swarmledger.v1.SwarmEvent} message SwarmEvent
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            SwarmEvent.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.objects || options.defaults)
                    object.attributes = {};
                if (options.defaults) {
                    object.eventId = "";
                    object.timestamp = null;
                    object.traceId = "";
                    object.spanId = "";
                    object.agentRole = options.enums === $String ? "AGENT_ROLE_UNSPECIFIED" : 0;
                    object.agentId = "";
                    object.tenantId = "";
                    object.userId = "";
                    object.isEncrypted = false;
                    object.projectId = "";
                    object.branch = "";
                    object.parentEventId = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.sequence = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.sequence = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.eventId != null && $Object.hasOwnProperty.call(message, "eventId"))
                    object.eventId = message.eventId;
                if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp"))
                    object.timestamp = $root.google.protobuf.Timestamp.toObject(message.timestamp, options, _depth + 1);
                if (message.traceId != null && $Object.hasOwnProperty.call(message, "traceId"))
                    object.traceId = message.traceId;
                if (message.spanId != null && $Object.hasOwnProperty.call(message, "spanId"))
                    object.spanId = message.spanId;
                if (message.agentRole != null && $Object.hasOwnProperty.call(message, "agentRole"))
                    object.agentRole = options.enums === $String ? $root.swarmledger.v1.AgentRole[message.agentRole] === $undefined ? message.agentRole : $root.swarmledger.v1.AgentRole[message.agentRole] : message.agentRole;
                if (message.agentId != null && $Object.hasOwnProperty.call(message, "agentId"))
                    object.agentId = message.agentId;
                if (message.decision != null && $Object.hasOwnProperty.call(message, "decision")) {
                    object.decision = $root.swarmledger.v1.Decision.toObject(message.decision, options, _depth + 1);
                    if (options.oneofs)
                        object.payload = "decision";
                }
                if (message.stateChange != null && $Object.hasOwnProperty.call(message, "stateChange")) {
                    object.stateChange = $root.swarmledger.v1.StateChange.toObject(message.stateChange, options, _depth + 1);
                    if (options.oneofs)
                        object.payload = "stateChange";
                }
                if (message.systemSignal != null && $Object.hasOwnProperty.call(message, "systemSignal")) {
                    object.systemSignal = $root.swarmledger.v1.SystemSignal.toObject(message.systemSignal, options, _depth + 1);
                    if (options.oneofs)
                        object.payload = "systemSignal";
                }
                if (message.conflict != null && $Object.hasOwnProperty.call(message, "conflict")) {
                    object.conflict = $root.swarmledger.v1.Conflict.toObject(message.conflict, options, _depth + 1);
                    if (options.oneofs)
                        object.payload = "conflict";
                }
                if (message.contentChunk != null && $Object.hasOwnProperty.call(message, "contentChunk")) {
                    object.contentChunk = $root.swarmledger.v1.ContentChunk.toObject(message.contentChunk, options, _depth + 1);
                    if (options.oneofs)
                        object.payload = "contentChunk";
                }
                if (message.encryptedPayload != null && $Object.hasOwnProperty.call(message, "encryptedPayload")) {
                    object.encryptedPayload = options.bytes === $String ? $util.base64.encode(message.encryptedPayload, 0, message.encryptedPayload.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.encryptedPayload) : message.encryptedPayload;
                    if (options.oneofs)
                        object.payload = "encryptedPayload";
                }
                if (message.tenantId != null && $Object.hasOwnProperty.call(message, "tenantId"))
                    object.tenantId = message.tenantId;
                if (message.userId != null && $Object.hasOwnProperty.call(message, "userId"))
                    object.userId = message.userId;
                if (message.isEncrypted != null && $Object.hasOwnProperty.call(message, "isEncrypted"))
                    object.isEncrypted = message.isEncrypted;
                if (message.projectId != null && $Object.hasOwnProperty.call(message, "projectId"))
                    object.projectId = message.projectId;
                if (message.branch != null && $Object.hasOwnProperty.call(message, "branch"))
                    object.branch = message.branch;
                if (message.parentEventId != null && $Object.hasOwnProperty.call(message, "parentEventId"))
                    object.parentEventId = message.parentEventId;
                if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.sequence = typeof message.sequence === "number" ? $BigInt(message.sequence) : $util.Long.fromBits(message.sequence.low >>> 0, message.sequence.high >>> 0, true).toBigInt();
                    else if (typeof message.sequence === "number")
                        object.sequence = options.longs === $String ? $String(message.sequence) : message.sequence;
                    else
                        object.sequence = options.longs === $String ? $util.Long.prototype.toString.call(message.sequence) : options.longs === $Number ? new $util.LongBits(message.sequence.low >>> 0, message.sequence.high >>> 0).toNumber(true) : message.sequence;
                let keys2;
                if (message.attributes && (keys2 = $Object.keys(message.attributes)).length) {
                    object.attributes = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.attributes, keys2[j]);
                        object.attributes[keys2[j]] = message.attributes[keys2[j]];
                    }
                }
                if (message.clockOffsetUs != null && $Object.hasOwnProperty.call(message, "clockOffsetUs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.clockOffsetUs = typeof message.clockOffsetUs === "number" ? $BigInt(message.clockOffsetUs) : $util.Long.fromBits(message.clockOffsetUs.low >>> 0, message.clockOffsetUs.high >>> 0, false).toBigInt();
                    else if (typeof message.clockOffsetUs === "number")
                        object.clockOffsetUs = options.longs === $String ? $String(message.clockOffsetUs) : message.clockOffsetUs;
                    else
                        object.clockOffsetUs = options.longs === $String ? $util.Long.prototype.toString.call(message.clockOffsetUs) : options.longs === $Number ? new $util.LongBits(message.clockOffsetUs.low >>> 0, message.clockOffsetUs.high >>> 0).toNumber() : message.clockOffsetUs;
                return object;
            };

            /**
             * Converts this SwarmEvent to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.SwarmEvent
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            SwarmEvent.prototype.toJSON = function() {
                return SwarmEvent.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for SwarmEvent
             * @function getTypeUrl
             * @memberof swarmledger.v1.SwarmEvent
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            SwarmEvent.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.SwarmEvent";
            };

            return SwarmEvent;
        })();

        /**
         * AgentRole enum.
         * @name swarmledger.v1.AgentRole
         * @enum {number}
         * @property {number} AGENT_ROLE_UNSPECIFIED=0 AGENT_ROLE_UNSPECIFIED value
         * @property {number} AGENT_ROLE_ORCHESTRATOR=1 AGENT_ROLE_ORCHESTRATOR value
         * @property {number} AGENT_ROLE_PLANNER=2 AGENT_ROLE_PLANNER value
         * @property {number} AGENT_ROLE_CODER=3 AGENT_ROLE_CODER value
         * @property {number} AGENT_ROLE_REVIEWER=4 AGENT_ROLE_REVIEWER value
         * @property {number} AGENT_ROLE_TESTER=5 AGENT_ROLE_TESTER value
         * @property {number} AGENT_ROLE_RESEARCHER=6 AGENT_ROLE_RESEARCHER value
         * @property {number} AGENT_ROLE_OPERATOR=7 AGENT_ROLE_OPERATOR value
         * @property {number} AGENT_ROLE_HUMAN=8 AGENT_ROLE_HUMAN value
         */
        v1.AgentRole = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "AGENT_ROLE_UNSPECIFIED"] = 0;
            values[valuesById[1] = "AGENT_ROLE_ORCHESTRATOR"] = 1;
            values[valuesById[2] = "AGENT_ROLE_PLANNER"] = 2;
            values[valuesById[3] = "AGENT_ROLE_CODER"] = 3;
            values[valuesById[4] = "AGENT_ROLE_REVIEWER"] = 4;
            values[valuesById[5] = "AGENT_ROLE_TESTER"] = 5;
            values[valuesById[6] = "AGENT_ROLE_RESEARCHER"] = 6;
            values[valuesById[7] = "AGENT_ROLE_OPERATOR"] = 7;
            values[valuesById[8] = "AGENT_ROLE_HUMAN"] = 8;
            return values;
        })();

        v1.Decision = (function() {

            /**
             * Properties of a Decision.
             * @typedef {Object} swarmledger.v1.Decision.$Properties
             * @property {string|null} [rationale] Decision rationale
             * @property {number|null} [confidenceScore] Decision confidenceScore
             * @property {Array.<string>|null} [alternatives] Decision alternatives
             * @property {string|null} [model] Decision model
             * @property {number|Long|null} [inputTokens] Decision inputTokens
             * @property {number|Long|null} [outputTokens] Decision outputTokens
             * @property {number|null} [costUsd] Decision costUsd
             * @property {string|null} [title] Decision title
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Decision.
             * @memberof swarmledger.v1
             * @interface IDecision
             * @augments swarmledger.v1.Decision.$Properties
             * @deprecated Use swarmledger.v1.Decision.$Properties instead.
             */

            /**
             * Shape of a Decision.
             * @typedef {swarmledger.v1.Decision.$Properties} swarmledger.v1.Decision.$Shape
             */

            /**
             * Constructs a new Decision.
             * @memberof swarmledger.v1
             * @classdesc Represents a Decision.
             * @constructor
             * @param {swarmledger.v1.Decision.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Decision = function (properties) {
                this.alternatives = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Decision rationale.
             * @member {string} rationale
             * @memberof swarmledger.v1.Decision
             * @instance
             */
            Decision.prototype.rationale = "";

            /**
             * Decision confidenceScore.
             * @member {number|null|undefined} confidenceScore
             * @memberof swarmledger.v1.Decision
             * @instance
             */
            Decision.prototype.confidenceScore = null;

            /**
             * Decision alternatives.
             * @member {Array.<string>} alternatives
             * @memberof swarmledger.v1.Decision
             * @instance
             */
            Decision.prototype.alternatives = $util.emptyArray;

            /**
             * Decision model.
             * @member {string} model
             * @memberof swarmledger.v1.Decision
             * @instance
             */
            Decision.prototype.model = "";

            /**
             * Decision inputTokens.
             * @member {number|Long} inputTokens
             * @memberof swarmledger.v1.Decision
             * @instance
             */
            Decision.prototype.inputTokens = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Decision outputTokens.
             * @member {number|Long} outputTokens
             * @memberof swarmledger.v1.Decision
             * @instance
             */
            Decision.prototype.outputTokens = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Decision costUsd.
             * @member {number} costUsd
             * @memberof swarmledger.v1.Decision
             * @instance
             */
            Decision.prototype.costUsd = 0;

            /**
             * Decision title.
             * @member {string} title
             * @memberof swarmledger.v1.Decision
             * @instance
             */
            Decision.prototype.title = "";

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Decision.prototype, "_confidenceScore", {
                get: $util.oneOfGetter($oneOfFields = ["confidenceScore"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Decision message. Does not implicitly {@link swarmledger.v1.Decision.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.Decision
             * @static
             * @param {swarmledger.v1.Decision.$Properties} message Decision message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Decision.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.rationale != null && $Object.hasOwnProperty.call(message, "rationale") && message.rationale !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.rationale);
                if (message.confidenceScore != null && $Object.hasOwnProperty.call(message, "confidenceScore"))
                    writer.uint32(/* id 2, wireType 5 =*/21).float(message.confidenceScore);
                if (message.alternatives != null && message.alternatives.length)
                    for (let i = 0; i < message.alternatives.length; ++i)
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.alternatives[i]);
                if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.model);
                if (message.inputTokens != null && $Object.hasOwnProperty.call(message, "inputTokens") && (typeof message.inputTokens === "object" ? message.inputTokens.low || message.inputTokens.high : message.inputTokens !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.inputTokens);
                if (message.outputTokens != null && $Object.hasOwnProperty.call(message, "outputTokens") && (typeof message.outputTokens === "object" ? message.outputTokens.low || message.outputTokens.high : message.outputTokens !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.outputTokens);
                if (message.costUsd != null && $Object.hasOwnProperty.call(message, "costUsd") && !$Object.is(message.costUsd, 0))
                    writer.uint32(/* id 7, wireType 1 =*/57).double(message.costUsd);
                if (message.title != null && $Object.hasOwnProperty.call(message, "title") && message.title !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.title);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Decision message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.Decision
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.Decision & swarmledger.v1.Decision.$Shape} Decision
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Decision.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.Decision();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rationale = value;
                            else
                                delete message.rationale;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 5)
                                break;
                            message.confidenceScore = reader.float();
                            message._confidenceScore = "confidenceScore";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.alternatives && message.alternatives.length))
                                message.alternatives = [];
                            message.alternatives.push(reader.stringVerify());
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.model = value;
                            else
                                delete message.model;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.inputTokens = value;
                            else
                                delete message.inputTokens;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.outputTokens = value;
                            else
                                delete message.outputTokens;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.costUsd = value;
                            else
                                delete message.costUsd;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.title = value;
                            else
                                delete message.title;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Decision message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.Decision
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.Decision} Decision
             */
            Decision.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.Decision)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.Decision: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.Decision();
                if (object.rationale != null)
                    if (typeof object.rationale !== "string" || object.rationale.length)
                        message.rationale = $String(object.rationale);
                if (object.confidenceScore != null)
                    message.confidenceScore = $Number(object.confidenceScore);
                if (object.alternatives) {
                    if (!$Array.isArray(object.alternatives))
                        throw $TypeError(".swarmledger.v1.Decision.alternatives: array expected");
                    message.alternatives = $Array(object.alternatives.length);
                    for (let i = 0; i < object.alternatives.length; ++i)
                        message.alternatives[i] = $String(object.alternatives[i]);
                }
                if (object.model != null)
                    if (typeof object.model !== "string" || object.model.length)
                        message.model = $String(object.model);
                if (object.inputTokens != null)
                    if (typeof object.inputTokens === "object" ? object.inputTokens.low || object.inputTokens.high : $Number(object.inputTokens) !== 0)
                        if ($util.Long)
                            message.inputTokens = $util.Long.fromValue(object.inputTokens, true);
                        else if (typeof object.inputTokens === "string")
                            message.inputTokens = $parseInt(object.inputTokens, 10);
                        else if (typeof object.inputTokens === "number")
                            message.inputTokens = object.inputTokens;
                        else if (typeof object.inputTokens === "object")
                            message.inputTokens = new $util.LongBits(object.inputTokens.low >>> 0, object.inputTokens.high >>> 0).toNumber(true);
                if (object.outputTokens != null)
                    if (typeof object.outputTokens === "object" ? object.outputTokens.low || object.outputTokens.high : $Number(object.outputTokens) !== 0)
                        if ($util.Long)
                            message.outputTokens = $util.Long.fromValue(object.outputTokens, true);
                        else if (typeof object.outputTokens === "string")
                            message.outputTokens = $parseInt(object.outputTokens, 10);
                        else if (typeof object.outputTokens === "number")
                            message.outputTokens = object.outputTokens;
                        else if (typeof object.outputTokens === "object")
                            message.outputTokens = new $util.LongBits(object.outputTokens.low >>> 0, object.outputTokens.high >>> 0).toNumber(true);
                if (object.costUsd != null)
                    if (!$Object.is($Number(object.costUsd), 0))
                        message.costUsd = $Number(object.costUsd);
                if (object.title != null)
                    if (typeof object.title !== "string" || object.title.length)
                        message.title = $String(object.title);
                return message;
            };

            /**
             * Creates a plain object from a Decision message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.Decision
             * @static
             * @param {swarmledger.v1.Decision} message Decision
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Decision.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.alternatives = [];
                if (options.defaults) {
                    object.rationale = "";
                    object.model = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.inputTokens = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.inputTokens = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.outputTokens = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.outputTokens = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.costUsd = 0;
                    object.title = "";
                }
                if (message.rationale != null && $Object.hasOwnProperty.call(message, "rationale"))
                    object.rationale = message.rationale;
                if (message.confidenceScore != null && $Object.hasOwnProperty.call(message, "confidenceScore"))
                    object.confidenceScore = options.json && !$isFinite(message.confidenceScore) ? $String(message.confidenceScore) : message.confidenceScore;
                if (message.alternatives && message.alternatives.length) {
                    object.alternatives = $Array(message.alternatives.length);
                    for (let j = 0; j < message.alternatives.length; ++j)
                        object.alternatives[j] = message.alternatives[j];
                }
                if (message.model != null && $Object.hasOwnProperty.call(message, "model"))
                    object.model = message.model;
                if (message.inputTokens != null && $Object.hasOwnProperty.call(message, "inputTokens"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.inputTokens = typeof message.inputTokens === "number" ? $BigInt(message.inputTokens) : $util.Long.fromBits(message.inputTokens.low >>> 0, message.inputTokens.high >>> 0, true).toBigInt();
                    else if (typeof message.inputTokens === "number")
                        object.inputTokens = options.longs === $String ? $String(message.inputTokens) : message.inputTokens;
                    else
                        object.inputTokens = options.longs === $String ? $util.Long.prototype.toString.call(message.inputTokens) : options.longs === $Number ? new $util.LongBits(message.inputTokens.low >>> 0, message.inputTokens.high >>> 0).toNumber(true) : message.inputTokens;
                if (message.outputTokens != null && $Object.hasOwnProperty.call(message, "outputTokens"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.outputTokens = typeof message.outputTokens === "number" ? $BigInt(message.outputTokens) : $util.Long.fromBits(message.outputTokens.low >>> 0, message.outputTokens.high >>> 0, true).toBigInt();
                    else if (typeof message.outputTokens === "number")
                        object.outputTokens = options.longs === $String ? $String(message.outputTokens) : message.outputTokens;
                    else
                        object.outputTokens = options.longs === $String ? $util.Long.prototype.toString.call(message.outputTokens) : options.longs === $Number ? new $util.LongBits(message.outputTokens.low >>> 0, message.outputTokens.high >>> 0).toNumber(true) : message.outputTokens;
                if (message.costUsd != null && $Object.hasOwnProperty.call(message, "costUsd"))
                    object.costUsd = options.json && !$isFinite(message.costUsd) ? $String(message.costUsd) : message.costUsd;
                if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
                    object.title = message.title;
                return object;
            };

            /**
             * Converts this Decision to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.Decision
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Decision.prototype.toJSON = function() {
                return Decision.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Decision
             * @function getTypeUrl
             * @memberof swarmledger.v1.Decision
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Decision.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.Decision";
            };

            return Decision;
        })();

        /**
         * ChangeAction enum.
         * @name swarmledger.v1.ChangeAction
         * @enum {number}
         * @property {number} CHANGE_ACTION_UNSPECIFIED=0 CHANGE_ACTION_UNSPECIFIED value
         * @property {number} CHANGE_ACTION_CREATE=1 CHANGE_ACTION_CREATE value
         * @property {number} CHANGE_ACTION_UPDATE=2 CHANGE_ACTION_UPDATE value
         * @property {number} CHANGE_ACTION_DELETE=3 CHANGE_ACTION_DELETE value
         * @property {number} CHANGE_ACTION_RENAME=4 CHANGE_ACTION_RENAME value
         */
        v1.ChangeAction = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "CHANGE_ACTION_UNSPECIFIED"] = 0;
            values[valuesById[1] = "CHANGE_ACTION_CREATE"] = 1;
            values[valuesById[2] = "CHANGE_ACTION_UPDATE"] = 2;
            values[valuesById[3] = "CHANGE_ACTION_DELETE"] = 3;
            values[valuesById[4] = "CHANGE_ACTION_RENAME"] = 4;
            return values;
        })();

        v1.StateChange = (function() {

            /**
             * Properties of a StateChange.
             * @typedef {Object} swarmledger.v1.StateChange.$Properties
             * @property {string|null} [targetResource] StateChange targetResource
             * @property {swarmledger.v1.ChangeAction|null} [action] StateChange action
             * @property {Uint8Array|null} [content] StateChange content
             * @property {string|null} [unifiedDiff] StateChange unifiedDiff
             * @property {Uint8Array|null} [contentSha256] StateChange contentSha256
             * @property {number|null} [mode] StateChange mode
             * @property {string|null} [previousPath] StateChange previousPath
             * @property {Uint8Array|null} [baseSha256] StateChange baseSha256
             * @property {number|Long|null} [contentBytes] StateChange contentBytes
             * @property {Array.<string>|null} [mergedEventIds] StateChange mergedEventIds
             * @property {"content"|"unifiedDiff"|"contentSha256"} [body] StateChange body
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a StateChange.
             * @memberof swarmledger.v1
             * @interface IStateChange
             * @augments swarmledger.v1.StateChange.$Properties
             * @deprecated Use swarmledger.v1.StateChange.$Properties instead.
             */

            /**
             * Narrowed shape of a StateChange.
             * @typedef {{
             *   targetResource?: string|null;
             *   action?: swarmledger.v1.ChangeAction|null;
             *   content?: Uint8Array|null;
             *   unifiedDiff?: string|null;
             *   contentSha256?: Uint8Array|null;
             *   mode?: number|null;
             *   previousPath?: string|null;
             *   baseSha256?: Uint8Array|null;
             *   contentBytes?: number|Long|null;
             *   mergedEventIds?: Array.<string>|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ body?: undefined; content?: null; unifiedDiff?: null; contentSha256?: null }|{ body?: "content"; content: Uint8Array; unifiedDiff?: null; contentSha256?: null }|{ body?: "unifiedDiff"; content?: null; unifiedDiff: string; contentSha256?: null }|{ body?: "contentSha256"; content?: null; unifiedDiff?: null; contentSha256: Uint8Array })
             * )} swarmledger.v1.StateChange.$Shape
             */

            /**
             * Constructs a new StateChange.
             * @memberof swarmledger.v1
             * @classdesc Represents a StateChange.
             * @constructor
             * @param {swarmledger.v1.StateChange.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const StateChange = function (properties) {
                this.mergedEventIds = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * StateChange targetResource.
             * @member {string} targetResource
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.targetResource = "";

            /**
             * StateChange action.
             * @member {swarmledger.v1.ChangeAction} action
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.action = 0;

            /**
             * StateChange content.
             * @member {Uint8Array|null|undefined} content
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.content = null;

            /**
             * StateChange unifiedDiff.
             * @member {string|null|undefined} unifiedDiff
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.unifiedDiff = null;

            /**
             * StateChange contentSha256.
             * @member {Uint8Array|null|undefined} contentSha256
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.contentSha256 = null;

            /**
             * StateChange mode.
             * @member {number} mode
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.mode = 0;

            /**
             * StateChange previousPath.
             * @member {string} previousPath
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.previousPath = "";

            /**
             * StateChange baseSha256.
             * @member {Uint8Array} baseSha256
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.baseSha256 = $util.newBuffer([]);

            /**
             * StateChange contentBytes.
             * @member {number|Long} contentBytes
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.contentBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * StateChange mergedEventIds.
             * @member {Array.<string>} mergedEventIds
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            StateChange.prototype.mergedEventIds = $util.emptyArray;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * StateChange body.
             * @member {"content"|"unifiedDiff"|"contentSha256"|undefined} body
             * @memberof swarmledger.v1.StateChange
             * @instance
             */
            $Object.defineProperty(StateChange.prototype, "body", {
                get: $util.oneOfGetter($oneOfFields = ["content", "unifiedDiff", "contentSha256"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified StateChange message. Does not implicitly {@link swarmledger.v1.StateChange.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.StateChange
             * @static
             * @param {swarmledger.v1.StateChange.$Properties} message StateChange message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            StateChange.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.targetResource != null && $Object.hasOwnProperty.call(message, "targetResource") && message.targetResource !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.targetResource);
                if (message.action != null && $Object.hasOwnProperty.call(message, "action") && message.action !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).int32(message.action);
                if (message.content != null && $Object.hasOwnProperty.call(message, "content"))
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.content);
                if (message.unifiedDiff != null && $Object.hasOwnProperty.call(message, "unifiedDiff"))
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.unifiedDiff);
                if (message.contentSha256 != null && $Object.hasOwnProperty.call(message, "contentSha256"))
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.contentSha256);
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode") && message.mode !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.mode);
                if (message.previousPath != null && $Object.hasOwnProperty.call(message, "previousPath") && message.previousPath !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.previousPath);
                if (message.baseSha256 != null && $Object.hasOwnProperty.call(message, "baseSha256") && message.baseSha256.length)
                    writer.uint32(/* id 8, wireType 2 =*/66).bytes(message.baseSha256);
                if (message.contentBytes != null && $Object.hasOwnProperty.call(message, "contentBytes") && (typeof message.contentBytes === "object" ? message.contentBytes.low || message.contentBytes.high : message.contentBytes !== 0))
                    writer.uint32(/* id 9, wireType 0 =*/72).uint64(message.contentBytes);
                if (message.mergedEventIds != null && message.mergedEventIds.length)
                    for (let i = 0; i < message.mergedEventIds.length; ++i)
                        writer.uint32(/* id 10, wireType 2 =*/82).string(message.mergedEventIds[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a StateChange message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.StateChange
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.StateChange & swarmledger.v1.StateChange.$Shape} StateChange
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            StateChange.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.StateChange();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.targetResource = value;
                            else
                                delete message.targetResource;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.action = value;
                            else
                                delete message.action;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.content = reader.bytes();
                            message.body = "content";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.unifiedDiff = reader.stringVerify();
                            message.body = "unifiedDiff";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.contentSha256 = reader.bytes();
                            message.body = "contentSha256";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.mode = value;
                            else
                                delete message.mode;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.previousPath = value;
                            else
                                delete message.previousPath;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.baseSha256 = value;
                            else
                                delete message.baseSha256;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.contentBytes = value;
                            else
                                delete message.contentBytes;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.mergedEventIds && message.mergedEventIds.length))
                                message.mergedEventIds = [];
                            message.mergedEventIds.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a StateChange message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.StateChange
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.StateChange} StateChange
             */
            StateChange.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.StateChange)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.StateChange: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.StateChange();
                if (object.targetResource != null)
                    if (typeof object.targetResource !== "string" || object.targetResource.length)
                        message.targetResource = $String(object.targetResource);
                if (object.action !== 0 && (typeof object.action !== "string" || $root.swarmledger.v1.ChangeAction[object.action] !== 0))
                    switch (object.action) {
                    case "CHANGE_ACTION_UNSPECIFIED":
                    case 0:
                        message.action = 0;
                        break;
                    case "CHANGE_ACTION_CREATE":
                    case 1:
                        message.action = 1;
                        break;
                    case "CHANGE_ACTION_UPDATE":
                    case 2:
                        message.action = 2;
                        break;
                    case "CHANGE_ACTION_DELETE":
                    case 3:
                        message.action = 3;
                        break;
                    case "CHANGE_ACTION_RENAME":
                    case 4:
                        message.action = 4;
                        break;
                    default:
                        if (typeof object.action === "number" && (object.action | 0) === object.action)
                            message.action = object.action;
                    }
                if (object.content != null)
                    if (typeof object.content === "string")
                        $util.base64.decode(object.content, message.content = $util.newBuffer($util.base64.length(object.content)), 0);
                    else if (object.content.length >= 0)
                        message.content = object.content;
                if (object.unifiedDiff != null)
                    message.unifiedDiff = $String(object.unifiedDiff);
                if (object.contentSha256 != null)
                    if (typeof object.contentSha256 === "string")
                        $util.base64.decode(object.contentSha256, message.contentSha256 = $util.newBuffer($util.base64.length(object.contentSha256)), 0);
                    else if (object.contentSha256.length >= 0)
                        message.contentSha256 = object.contentSha256;
                if (object.mode != null)
                    if ($Number(object.mode) !== 0)
                        message.mode = object.mode >>> 0;
                if (object.previousPath != null)
                    if (typeof object.previousPath !== "string" || object.previousPath.length)
                        message.previousPath = $String(object.previousPath);
                if (object.baseSha256 != null)
                    if (object.baseSha256.length)
                        if (typeof object.baseSha256 === "string")
                            $util.base64.decode(object.baseSha256, message.baseSha256 = $util.newBuffer($util.base64.length(object.baseSha256)), 0);
                        else if (object.baseSha256.length >= 0)
                            message.baseSha256 = object.baseSha256;
                if (object.contentBytes != null)
                    if (typeof object.contentBytes === "object" ? object.contentBytes.low || object.contentBytes.high : $Number(object.contentBytes) !== 0)
                        if ($util.Long)
                            message.contentBytes = $util.Long.fromValue(object.contentBytes, true);
                        else if (typeof object.contentBytes === "string")
                            message.contentBytes = $parseInt(object.contentBytes, 10);
                        else if (typeof object.contentBytes === "number")
                            message.contentBytes = object.contentBytes;
                        else if (typeof object.contentBytes === "object")
                            message.contentBytes = new $util.LongBits(object.contentBytes.low >>> 0, object.contentBytes.high >>> 0).toNumber(true);
                if (object.mergedEventIds) {
                    if (!$Array.isArray(object.mergedEventIds))
                        throw $TypeError(".swarmledger.v1.StateChange.mergedEventIds: array expected");
                    message.mergedEventIds = $Array(object.mergedEventIds.length);
                    for (let i = 0; i < object.mergedEventIds.length; ++i)
                        message.mergedEventIds[i] = $String(object.mergedEventIds[i]);
                }
                return message;
            };

            /**
             * Creates a plain object from a StateChange message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.StateChange
             * @static
             * @param {swarmledger.v1.StateChange} message StateChange
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            StateChange.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.mergedEventIds = [];
                if (options.defaults) {
                    object.targetResource = "";
                    object.action = options.enums === $String ? "CHANGE_ACTION_UNSPECIFIED" : 0;
                    object.mode = 0;
                    object.previousPath = "";
                    if (options.bytes === $String)
                        object.baseSha256 = "";
                    else {
                        object.baseSha256 = [];
                        if (options.bytes !== $Array)
                            object.baseSha256 = $util.newBuffer(object.baseSha256);
                    }
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.contentBytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.contentBytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.targetResource != null && $Object.hasOwnProperty.call(message, "targetResource"))
                    object.targetResource = message.targetResource;
                if (message.action != null && $Object.hasOwnProperty.call(message, "action"))
                    object.action = options.enums === $String ? $root.swarmledger.v1.ChangeAction[message.action] === $undefined ? message.action : $root.swarmledger.v1.ChangeAction[message.action] : message.action;
                if (message.content != null && $Object.hasOwnProperty.call(message, "content")) {
                    object.content = options.bytes === $String ? $util.base64.encode(message.content, 0, message.content.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.content) : message.content;
                    if (options.oneofs)
                        object.body = "content";
                }
                if (message.unifiedDiff != null && $Object.hasOwnProperty.call(message, "unifiedDiff")) {
                    object.unifiedDiff = message.unifiedDiff;
                    if (options.oneofs)
                        object.body = "unifiedDiff";
                }
                if (message.contentSha256 != null && $Object.hasOwnProperty.call(message, "contentSha256")) {
                    object.contentSha256 = options.bytes === $String ? $util.base64.encode(message.contentSha256, 0, message.contentSha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.contentSha256) : message.contentSha256;
                    if (options.oneofs)
                        object.body = "contentSha256";
                }
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    object.mode = message.mode;
                if (message.previousPath != null && $Object.hasOwnProperty.call(message, "previousPath"))
                    object.previousPath = message.previousPath;
                if (message.baseSha256 != null && $Object.hasOwnProperty.call(message, "baseSha256"))
                    object.baseSha256 = options.bytes === $String ? $util.base64.encode(message.baseSha256, 0, message.baseSha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.baseSha256) : message.baseSha256;
                if (message.contentBytes != null && $Object.hasOwnProperty.call(message, "contentBytes"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.contentBytes = typeof message.contentBytes === "number" ? $BigInt(message.contentBytes) : $util.Long.fromBits(message.contentBytes.low >>> 0, message.contentBytes.high >>> 0, true).toBigInt();
                    else if (typeof message.contentBytes === "number")
                        object.contentBytes = options.longs === $String ? $String(message.contentBytes) : message.contentBytes;
                    else
                        object.contentBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.contentBytes) : options.longs === $Number ? new $util.LongBits(message.contentBytes.low >>> 0, message.contentBytes.high >>> 0).toNumber(true) : message.contentBytes;
                if (message.mergedEventIds && message.mergedEventIds.length) {
                    object.mergedEventIds = $Array(message.mergedEventIds.length);
                    for (let j = 0; j < message.mergedEventIds.length; ++j)
                        object.mergedEventIds[j] = message.mergedEventIds[j];
                }
                return object;
            };

            /**
             * Converts this StateChange to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.StateChange
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            StateChange.prototype.toJSON = function() {
                return StateChange.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for StateChange
             * @function getTypeUrl
             * @memberof swarmledger.v1.StateChange
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            StateChange.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.StateChange";
            };

            return StateChange;
        })();

        /**
         * Severity enum.
         * @name swarmledger.v1.Severity
         * @enum {number}
         * @property {number} SEVERITY_UNSPECIFIED=0 SEVERITY_UNSPECIFIED value
         * @property {number} SEVERITY_DEBUG=1 SEVERITY_DEBUG value
         * @property {number} SEVERITY_INFO=2 SEVERITY_INFO value
         * @property {number} SEVERITY_WARNING=3 SEVERITY_WARNING value
         * @property {number} SEVERITY_ERROR=4 SEVERITY_ERROR value
         * @property {number} SEVERITY_CRITICAL=5 SEVERITY_CRITICAL value
         */
        v1.Severity = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "SEVERITY_UNSPECIFIED"] = 0;
            values[valuesById[1] = "SEVERITY_DEBUG"] = 1;
            values[valuesById[2] = "SEVERITY_INFO"] = 2;
            values[valuesById[3] = "SEVERITY_WARNING"] = 3;
            values[valuesById[4] = "SEVERITY_ERROR"] = 4;
            values[valuesById[5] = "SEVERITY_CRITICAL"] = 5;
            return values;
        })();

        v1.SystemSignal = (function() {

            /**
             * Properties of a SystemSignal.
             * @typedef {Object} swarmledger.v1.SystemSignal.$Properties
             * @property {string|null} [kind] SystemSignal kind
             * @property {swarmledger.v1.Severity|null} [severity] SystemSignal severity
             * @property {string|null} [message] SystemSignal message
             * @property {string|null} [data] SystemSignal data
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SystemSignal.
             * @memberof swarmledger.v1
             * @interface ISystemSignal
             * @augments swarmledger.v1.SystemSignal.$Properties
             * @deprecated Use swarmledger.v1.SystemSignal.$Properties instead.
             */

            /**
             * Shape of a SystemSignal.
             * @typedef {swarmledger.v1.SystemSignal.$Properties} swarmledger.v1.SystemSignal.$Shape
             */

            /**
             * Constructs a new SystemSignal.
             * @memberof swarmledger.v1
             * @classdesc Represents a SystemSignal.
             * @constructor
             * @param {swarmledger.v1.SystemSignal.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SystemSignal = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SystemSignal kind.
             * @member {string} kind
             * @memberof swarmledger.v1.SystemSignal
             * @instance
             */
            SystemSignal.prototype.kind = "";

            /**
             * SystemSignal severity.
             * @member {swarmledger.v1.Severity} severity
             * @memberof swarmledger.v1.SystemSignal
             * @instance
             */
            SystemSignal.prototype.severity = 0;

            /**
             * SystemSignal message.
             * @member {string} message
             * @memberof swarmledger.v1.SystemSignal
             * @instance
             */
            SystemSignal.prototype.message = "";

            /**
             * SystemSignal data.
             * @member {string} data
             * @memberof swarmledger.v1.SystemSignal
             * @instance
             */
            SystemSignal.prototype.data = "";

            /**
             * Encodes the specified SystemSignal message. Does not implicitly {@link swarmledger.v1.SystemSignal.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.SystemSignal
             * @static
             * @param {swarmledger.v1.SystemSignal.$Properties} message SystemSignal message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SystemSignal.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.kind);
                if (message.severity != null && $Object.hasOwnProperty.call(message, "severity") && message.severity !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).int32(message.severity);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.message);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.data);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SystemSignal message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.SystemSignal
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.SystemSignal & swarmledger.v1.SystemSignal.$Shape} SystemSignal
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SystemSignal.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.SystemSignal();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.severity = value;
                            else
                                delete message.severity;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.data = value;
                            else
                                delete message.data;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a SystemSignal message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.SystemSignal
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.SystemSignal} SystemSignal
             */
            SystemSignal.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.SystemSignal)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.SystemSignal: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.SystemSignal();
                if (object.kind != null)
                    if (typeof object.kind !== "string" || object.kind.length)
                        message.kind = $String(object.kind);
                if (object.severity !== 0 && (typeof object.severity !== "string" || $root.swarmledger.v1.Severity[object.severity] !== 0))
                    switch (object.severity) {
                    case "SEVERITY_UNSPECIFIED":
                    case 0:
                        message.severity = 0;
                        break;
                    case "SEVERITY_DEBUG":
                    case 1:
                        message.severity = 1;
                        break;
                    case "SEVERITY_INFO":
                    case 2:
                        message.severity = 2;
                        break;
                    case "SEVERITY_WARNING":
                    case 3:
                        message.severity = 3;
                        break;
                    case "SEVERITY_ERROR":
                    case 4:
                        message.severity = 4;
                        break;
                    case "SEVERITY_CRITICAL":
                    case 5:
                        message.severity = 5;
                        break;
                    default:
                        if (typeof object.severity === "number" && (object.severity | 0) === object.severity)
                            message.severity = object.severity;
                    }
                if (object.message != null)
                    if (typeof object.message !== "string" || object.message.length)
                        message.message = $String(object.message);
                if (object.data != null)
                    if (typeof object.data !== "string" || object.data.length)
                        message.data = $String(object.data);
                return message;
            };

            /**
             * Creates a plain object from a SystemSignal message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.SystemSignal
             * @static
             * @param {swarmledger.v1.SystemSignal} message SystemSignal
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            SystemSignal.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.kind = "";
                    object.severity = options.enums === $String ? "SEVERITY_UNSPECIFIED" : 0;
                    object.message = "";
                    object.data = "";
                }
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = message.kind;
                if (message.severity != null && $Object.hasOwnProperty.call(message, "severity"))
                    object.severity = options.enums === $String ? $root.swarmledger.v1.Severity[message.severity] === $undefined ? message.severity : $root.swarmledger.v1.Severity[message.severity] : message.severity;
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    object.message = message.message;
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    object.data = message.data;
                return object;
            };

            /**
             * Converts this SystemSignal to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.SystemSignal
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            SystemSignal.prototype.toJSON = function() {
                return SystemSignal.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for SystemSignal
             * @function getTypeUrl
             * @memberof swarmledger.v1.SystemSignal
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            SystemSignal.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.SystemSignal";
            };

            return SystemSignal;
        })();

        v1.Conflict = (function() {

            /**
             * Properties of a Conflict.
             * @typedef {Object} swarmledger.v1.Conflict.$Properties
             * @property {string|null} [path] Conflict path
             * @property {string|null} [eventId] Conflict eventId
             * @property {string|null} [otherEventId] Conflict otherEventId
             * @property {Uint8Array|null} [expectedSha256] Conflict expectedSha256
             * @property {Uint8Array|null} [actualSha256] Conflict actualSha256
             * @property {string|null} [reason] Conflict reason
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Conflict.
             * @memberof swarmledger.v1
             * @interface IConflict
             * @augments swarmledger.v1.Conflict.$Properties
             * @deprecated Use swarmledger.v1.Conflict.$Properties instead.
             */

            /**
             * Shape of a Conflict.
             * @typedef {swarmledger.v1.Conflict.$Properties} swarmledger.v1.Conflict.$Shape
             */

            /**
             * Constructs a new Conflict.
             * @memberof swarmledger.v1
             * @classdesc Represents a Conflict.
             * @constructor
             * @param {swarmledger.v1.Conflict.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Conflict = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Conflict path.
             * @member {string} path
             * @memberof swarmledger.v1.Conflict
             * @instance
             */
            Conflict.prototype.path = "";

            /**
             * Conflict eventId.
             * @member {string} eventId
             * @memberof swarmledger.v1.Conflict
             * @instance
             */
            Conflict.prototype.eventId = "";

            /**
             * Conflict otherEventId.
             * @member {string} otherEventId
             * @memberof swarmledger.v1.Conflict
             * @instance
             */
            Conflict.prototype.otherEventId = "";

            /**
             * Conflict expectedSha256.
             * @member {Uint8Array} expectedSha256
             * @memberof swarmledger.v1.Conflict
             * @instance
             */
            Conflict.prototype.expectedSha256 = $util.newBuffer([]);

            /**
             * Conflict actualSha256.
             * @member {Uint8Array} actualSha256
             * @memberof swarmledger.v1.Conflict
             * @instance
             */
            Conflict.prototype.actualSha256 = $util.newBuffer([]);

            /**
             * Conflict reason.
             * @member {string} reason
             * @memberof swarmledger.v1.Conflict
             * @instance
             */
            Conflict.prototype.reason = "";

            /**
             * Encodes the specified Conflict message. Does not implicitly {@link swarmledger.v1.Conflict.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.Conflict
             * @static
             * @param {swarmledger.v1.Conflict.$Properties} message Conflict message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Conflict.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.path);
                if (message.eventId != null && $Object.hasOwnProperty.call(message, "eventId") && message.eventId !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.eventId);
                if (message.otherEventId != null && $Object.hasOwnProperty.call(message, "otherEventId") && message.otherEventId !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.otherEventId);
                if (message.expectedSha256 != null && $Object.hasOwnProperty.call(message, "expectedSha256") && message.expectedSha256.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.expectedSha256);
                if (message.actualSha256 != null && $Object.hasOwnProperty.call(message, "actualSha256") && message.actualSha256.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.actualSha256);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Conflict message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.Conflict
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.Conflict & swarmledger.v1.Conflict.$Shape} Conflict
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Conflict.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.Conflict();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.path = value;
                            else
                                delete message.path;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.eventId = value;
                            else
                                delete message.eventId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.otherEventId = value;
                            else
                                delete message.otherEventId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.expectedSha256 = value;
                            else
                                delete message.expectedSha256;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.actualSha256 = value;
                            else
                                delete message.actualSha256;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Conflict message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.Conflict
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.Conflict} Conflict
             */
            Conflict.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.Conflict)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.Conflict: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.Conflict();
                if (object.path != null)
                    if (typeof object.path !== "string" || object.path.length)
                        message.path = $String(object.path);
                if (object.eventId != null)
                    if (typeof object.eventId !== "string" || object.eventId.length)
                        message.eventId = $String(object.eventId);
                if (object.otherEventId != null)
                    if (typeof object.otherEventId !== "string" || object.otherEventId.length)
                        message.otherEventId = $String(object.otherEventId);
                if (object.expectedSha256 != null)
                    if (object.expectedSha256.length)
                        if (typeof object.expectedSha256 === "string")
                            $util.base64.decode(object.expectedSha256, message.expectedSha256 = $util.newBuffer($util.base64.length(object.expectedSha256)), 0);
                        else if (object.expectedSha256.length >= 0)
                            message.expectedSha256 = object.expectedSha256;
                if (object.actualSha256 != null)
                    if (object.actualSha256.length)
                        if (typeof object.actualSha256 === "string")
                            $util.base64.decode(object.actualSha256, message.actualSha256 = $util.newBuffer($util.base64.length(object.actualSha256)), 0);
                        else if (object.actualSha256.length >= 0)
                            message.actualSha256 = object.actualSha256;
                if (object.reason != null)
                    if (typeof object.reason !== "string" || object.reason.length)
                        message.reason = $String(object.reason);
                return message;
            };

            /**
             * Creates a plain object from a Conflict message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.Conflict
             * @static
             * @param {swarmledger.v1.Conflict} message Conflict
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Conflict.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.path = "";
                    object.eventId = "";
                    object.otherEventId = "";
                    if (options.bytes === $String)
                        object.expectedSha256 = "";
                    else {
                        object.expectedSha256 = [];
                        if (options.bytes !== $Array)
                            object.expectedSha256 = $util.newBuffer(object.expectedSha256);
                    }
                    if (options.bytes === $String)
                        object.actualSha256 = "";
                    else {
                        object.actualSha256 = [];
                        if (options.bytes !== $Array)
                            object.actualSha256 = $util.newBuffer(object.actualSha256);
                    }
                    object.reason = "";
                }
                if (message.path != null && $Object.hasOwnProperty.call(message, "path"))
                    object.path = message.path;
                if (message.eventId != null && $Object.hasOwnProperty.call(message, "eventId"))
                    object.eventId = message.eventId;
                if (message.otherEventId != null && $Object.hasOwnProperty.call(message, "otherEventId"))
                    object.otherEventId = message.otherEventId;
                if (message.expectedSha256 != null && $Object.hasOwnProperty.call(message, "expectedSha256"))
                    object.expectedSha256 = options.bytes === $String ? $util.base64.encode(message.expectedSha256, 0, message.expectedSha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.expectedSha256) : message.expectedSha256;
                if (message.actualSha256 != null && $Object.hasOwnProperty.call(message, "actualSha256"))
                    object.actualSha256 = options.bytes === $String ? $util.base64.encode(message.actualSha256, 0, message.actualSha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.actualSha256) : message.actualSha256;
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    object.reason = message.reason;
                return object;
            };

            /**
             * Converts this Conflict to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.Conflict
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Conflict.prototype.toJSON = function() {
                return Conflict.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Conflict
             * @function getTypeUrl
             * @memberof swarmledger.v1.Conflict
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Conflict.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.Conflict";
            };

            return Conflict;
        })();

        v1.ContentChunk = (function() {

            /**
             * Properties of a ContentChunk.
             * @typedef {Object} swarmledger.v1.ContentChunk.$Properties
             * @property {Uint8Array|null} [contentSha256] ContentChunk contentSha256
             * @property {number|Long|null} [offset] ContentChunk offset
             * @property {number|Long|null} [totalBytes] ContentChunk totalBytes
             * @property {Uint8Array|null} [data] ContentChunk data
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ContentChunk.
             * @memberof swarmledger.v1
             * @interface IContentChunk
             * @augments swarmledger.v1.ContentChunk.$Properties
             * @deprecated Use swarmledger.v1.ContentChunk.$Properties instead.
             */

            /**
             * Shape of a ContentChunk.
             * @typedef {swarmledger.v1.ContentChunk.$Properties} swarmledger.v1.ContentChunk.$Shape
             */

            /**
             * Constructs a new ContentChunk.
             * @memberof swarmledger.v1
             * @classdesc Represents a ContentChunk.
             * @constructor
             * @param {swarmledger.v1.ContentChunk.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ContentChunk = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ContentChunk contentSha256.
             * @member {Uint8Array} contentSha256
             * @memberof swarmledger.v1.ContentChunk
             * @instance
             */
            ContentChunk.prototype.contentSha256 = $util.newBuffer([]);

            /**
             * ContentChunk offset.
             * @member {number|Long} offset
             * @memberof swarmledger.v1.ContentChunk
             * @instance
             */
            ContentChunk.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * ContentChunk totalBytes.
             * @member {number|Long} totalBytes
             * @memberof swarmledger.v1.ContentChunk
             * @instance
             */
            ContentChunk.prototype.totalBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * ContentChunk data.
             * @member {Uint8Array} data
             * @memberof swarmledger.v1.ContentChunk
             * @instance
             */
            ContentChunk.prototype.data = $util.newBuffer([]);

            /**
             * Encodes the specified ContentChunk message. Does not implicitly {@link swarmledger.v1.ContentChunk.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.ContentChunk
             * @static
             * @param {swarmledger.v1.ContentChunk.$Properties} message ContentChunk message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ContentChunk.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.contentSha256 != null && $Object.hasOwnProperty.call(message, "contentSha256") && message.contentSha256.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.contentSha256);
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.offset);
                if (message.totalBytes != null && $Object.hasOwnProperty.call(message, "totalBytes") && (typeof message.totalBytes === "object" ? message.totalBytes.low || message.totalBytes.high : message.totalBytes !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.totalBytes);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.data);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ContentChunk message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.ContentChunk
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.ContentChunk & swarmledger.v1.ContentChunk.$Shape} ContentChunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ContentChunk.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.ContentChunk();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.contentSha256 = value;
                            else
                                delete message.contentSha256;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.totalBytes = value;
                            else
                                delete message.totalBytes;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.data = value;
                            else
                                delete message.data;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ContentChunk message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.ContentChunk
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.ContentChunk} ContentChunk
             */
            ContentChunk.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.ContentChunk)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.ContentChunk: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.ContentChunk();
                if (object.contentSha256 != null)
                    if (object.contentSha256.length)
                        if (typeof object.contentSha256 === "string")
                            $util.base64.decode(object.contentSha256, message.contentSha256 = $util.newBuffer($util.base64.length(object.contentSha256)), 0);
                        else if (object.contentSha256.length >= 0)
                            message.contentSha256 = object.contentSha256;
                if (object.offset != null)
                    if (typeof object.offset === "object" ? object.offset.low || object.offset.high : $Number(object.offset) !== 0)
                        if ($util.Long)
                            message.offset = $util.Long.fromValue(object.offset, true);
                        else if (typeof object.offset === "string")
                            message.offset = $parseInt(object.offset, 10);
                        else if (typeof object.offset === "number")
                            message.offset = object.offset;
                        else if (typeof object.offset === "object")
                            message.offset = new $util.LongBits(object.offset.low >>> 0, object.offset.high >>> 0).toNumber(true);
                if (object.totalBytes != null)
                    if (typeof object.totalBytes === "object" ? object.totalBytes.low || object.totalBytes.high : $Number(object.totalBytes) !== 0)
                        if ($util.Long)
                            message.totalBytes = $util.Long.fromValue(object.totalBytes, true);
                        else if (typeof object.totalBytes === "string")
                            message.totalBytes = $parseInt(object.totalBytes, 10);
                        else if (typeof object.totalBytes === "number")
                            message.totalBytes = object.totalBytes;
                        else if (typeof object.totalBytes === "object")
                            message.totalBytes = new $util.LongBits(object.totalBytes.low >>> 0, object.totalBytes.high >>> 0).toNumber(true);
                if (object.data != null)
                    if (object.data.length)
                        if (typeof object.data === "string")
                            $util.base64.decode(object.data, message.data = $util.newBuffer($util.base64.length(object.data)), 0);
                        else if (object.data.length >= 0)
                            message.data = object.data;
                return message;
            };

            /**
             * Creates a plain object from a ContentChunk message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.ContentChunk
             * @static
             * @param {swarmledger.v1.ContentChunk} message ContentChunk
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ContentChunk.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    if (options.bytes === $String)
                        object.contentSha256 = "";
                    else {
                        object.contentSha256 = [];
                        if (options.bytes !== $Array)
                            object.contentSha256 = $util.newBuffer(object.contentSha256);
                    }
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.offset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.offset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.totalBytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.totalBytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if (options.bytes === $String)
                        object.data = "";
                    else {
                        object.data = [];
                        if (options.bytes !== $Array)
                            object.data = $util.newBuffer(object.data);
                    }
                }
                if (message.contentSha256 != null && $Object.hasOwnProperty.call(message, "contentSha256"))
                    object.contentSha256 = options.bytes === $String ? $util.base64.encode(message.contentSha256, 0, message.contentSha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.contentSha256) : message.contentSha256;
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.offset = typeof message.offset === "number" ? $BigInt(message.offset) : $util.Long.fromBits(message.offset.low >>> 0, message.offset.high >>> 0, true).toBigInt();
                    else if (typeof message.offset === "number")
                        object.offset = options.longs === $String ? $String(message.offset) : message.offset;
                    else
                        object.offset = options.longs === $String ? $util.Long.prototype.toString.call(message.offset) : options.longs === $Number ? new $util.LongBits(message.offset.low >>> 0, message.offset.high >>> 0).toNumber(true) : message.offset;
                if (message.totalBytes != null && $Object.hasOwnProperty.call(message, "totalBytes"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.totalBytes = typeof message.totalBytes === "number" ? $BigInt(message.totalBytes) : $util.Long.fromBits(message.totalBytes.low >>> 0, message.totalBytes.high >>> 0, true).toBigInt();
                    else if (typeof message.totalBytes === "number")
                        object.totalBytes = options.longs === $String ? $String(message.totalBytes) : message.totalBytes;
                    else
                        object.totalBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.totalBytes) : options.longs === $Number ? new $util.LongBits(message.totalBytes.low >>> 0, message.totalBytes.high >>> 0).toNumber(true) : message.totalBytes;
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    object.data = options.bytes === $String ? $util.base64.encode(message.data, 0, message.data.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.data) : message.data;
                return object;
            };

            /**
             * Converts this ContentChunk to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.ContentChunk
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ContentChunk.prototype.toJSON = function() {
                return ContentChunk.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for ContentChunk
             * @function getTypeUrl
             * @memberof swarmledger.v1.ContentChunk
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            ContentChunk.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.ContentChunk";
            };

            return ContentChunk;
        })();

        /**
         * Compression enum.
         * @name swarmledger.v1.Compression
         * @enum {number}
         * @property {number} COMPRESSION_UNSPECIFIED=0 COMPRESSION_UNSPECIFIED value
         * @property {number} COMPRESSION_GZIP=1 COMPRESSION_GZIP value
         */
        v1.Compression = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "COMPRESSION_UNSPECIFIED"] = 0;
            values[valuesById[1] = "COMPRESSION_GZIP"] = 1;
            return values;
        })();

        v1.SwarmEventBatch = (function() {

            /**
             * Properties of a SwarmEventBatch.
             * @typedef {Object} swarmledger.v1.SwarmEventBatch.$Properties
             * @property {string|null} [batchId] SwarmEventBatch batchId
             * @property {Array.<swarmledger.v1.SwarmEvent.$Properties>|null} [events] SwarmEventBatch events
             * @property {swarmledger.v1.Compression|null} [compression] SwarmEventBatch compression
             * @property {Uint8Array|null} [compressed] SwarmEventBatch compressed
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SwarmEventBatch.
             * @memberof swarmledger.v1
             * @interface ISwarmEventBatch
             * @augments swarmledger.v1.SwarmEventBatch.$Properties
             * @deprecated Use swarmledger.v1.SwarmEventBatch.$Properties instead.
             */

            /**
             * Shape of a SwarmEventBatch.
             * @typedef {{
             *   batchId?: string|null;
             *   events?: Array.<swarmledger.v1.SwarmEvent.$Shape>|null;
             *   compression?: swarmledger.v1.Compression|null;
             *   compressed?: Uint8Array|null;
             *   $unknowns?: Array.<Uint8Array>;
             * }} swarmledger.v1.SwarmEventBatch.$Shape
             */

            /**
             * Constructs a new SwarmEventBatch.
             * @memberof swarmledger.v1
             * @classdesc Represents a SwarmEventBatch.
             * @constructor
             * @param {swarmledger.v1.SwarmEventBatch.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SwarmEventBatch = function (properties) {
                this.events = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SwarmEventBatch batchId.
             * @member {string} batchId
             * @memberof swarmledger.v1.SwarmEventBatch
             * @instance
             */
            SwarmEventBatch.prototype.batchId = "";

            /**
             * SwarmEventBatch events.
             * @member {Array.<swarmledger.v1.SwarmEvent.$Properties>} events
             * @memberof swarmledger.v1.SwarmEventBatch
             * @instance
             */
            SwarmEventBatch.prototype.events = $util.emptyArray;

            /**
             * SwarmEventBatch compression.
             * @member {swarmledger.v1.Compression} compression
             * @memberof swarmledger.v1.SwarmEventBatch
             * @instance
             */
            SwarmEventBatch.prototype.compression = 0;

            /**
             * SwarmEventBatch compressed.
             * @member {Uint8Array} compressed
             * @memberof swarmledger.v1.SwarmEventBatch
             * @instance
             */
            SwarmEventBatch.prototype.compressed = $util.newBuffer([]);

            /**
             * Encodes the specified SwarmEventBatch message. Does not implicitly {@link swarmledger.v1.SwarmEventBatch.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.SwarmEventBatch
             * @static
             * @param {swarmledger.v1.SwarmEventBatch.$Properties} message SwarmEventBatch message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SwarmEventBatch.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.batchId != null && $Object.hasOwnProperty.call(message, "batchId") && message.batchId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.batchId);
                if (message.events != null && message.events.length)
                    for (let i = 0; i < message.events.length; ++i)
                        $root.swarmledger.v1.SwarmEvent.encode(message.events[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.compression != null && $Object.hasOwnProperty.call(message, "compression") && message.compression !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).int32(message.compression);
                if (message.compressed != null && $Object.hasOwnProperty.call(message, "compressed") && message.compressed.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.compressed);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SwarmEventBatch message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.SwarmEventBatch
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.SwarmEventBatch & swarmledger.v1.SwarmEventBatch.$Shape} SwarmEventBatch
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SwarmEventBatch.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.SwarmEventBatch();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.batchId = value;
                            else
                                delete message.batchId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.events && message.events.length))
                                message.events = [];
                            message.events.push($root.swarmledger.v1.SwarmEvent.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.compression = value;
                            else
                                delete message.compression;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.compressed = value;
                            else
                                delete message.compressed;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a SwarmEventBatch message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.SwarmEventBatch
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.SwarmEventBatch} SwarmEventBatch
             */
            SwarmEventBatch.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.SwarmEventBatch)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.SwarmEventBatch: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.SwarmEventBatch();
                if (object.batchId != null)
                    if (typeof object.batchId !== "string" || object.batchId.length)
                        message.batchId = $String(object.batchId);
                if (object.events) {
                    if (!$Array.isArray(object.events))
                        throw $TypeError(".swarmledger.v1.SwarmEventBatch.events: array expected");
                    message.events = $Array(object.events.length);
                    for (let i = 0; i < object.events.length; ++i) {
                        if (!$util.isObject(object.events[i]))
                            throw $TypeError(".swarmledger.v1.SwarmEventBatch.events: object expected");
                        message.events[i] = $root.swarmledger.v1.SwarmEvent.fromObject(object.events[i], _depth + 1);
                    }
                }
                if (object.compression !== 0 && (typeof object.compression !== "string" || $root.swarmledger.v1.Compression[object.compression] !== 0))
                    switch (object.compression) {
                    case "COMPRESSION_UNSPECIFIED":
                    case 0:
                        message.compression = 0;
                        break;
                    case "COMPRESSION_GZIP":
                    case 1:
                        message.compression = 1;
                        break;
                    default:
                        if (typeof object.compression === "number" && (object.compression | 0) === object.compression)
                            message.compression = object.compression;
                    }
                if (object.compressed != null)
                    if (object.compressed.length)
                        if (typeof object.compressed === "string")
                            $util.base64.decode(object.compressed, message.compressed = $util.newBuffer($util.base64.length(object.compressed)), 0);
                        else if (object.compressed.length >= 0)
                            message.compressed = object.compressed;
                return message;
            };

            /**
             * Creates a plain object from a SwarmEventBatch message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.SwarmEventBatch
             * @static
             * @param {swarmledger.v1.SwarmEventBatch} message SwarmEventBatch
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            SwarmEventBatch.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.events = [];
                if (options.defaults) {
                    object.batchId = "";
                    object.compression = options.enums === $String ? "COMPRESSION_UNSPECIFIED" : 0;
                    if (options.bytes === $String)
                        object.compressed = "";
                    else {
                        object.compressed = [];
                        if (options.bytes !== $Array)
                            object.compressed = $util.newBuffer(object.compressed);
                    }
                }
                if (message.batchId != null && $Object.hasOwnProperty.call(message, "batchId"))
                    object.batchId = message.batchId;
                if (message.events && message.events.length) {
                    object.events = $Array(message.events.length);
                    for (let j = 0; j < message.events.length; ++j)
                        object.events[j] = $root.swarmledger.v1.SwarmEvent.toObject(message.events[j], options, _depth + 1);
                }
                if (message.compression != null && $Object.hasOwnProperty.call(message, "compression"))
                    object.compression = options.enums === $String ? $root.swarmledger.v1.Compression[message.compression] === $undefined ? message.compression : $root.swarmledger.v1.Compression[message.compression] : message.compression;
                if (message.compressed != null && $Object.hasOwnProperty.call(message, "compressed"))
                    object.compressed = options.bytes === $String ? $util.base64.encode(message.compressed, 0, message.compressed.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.compressed) : message.compressed;
                return object;
            };

            /**
             * Converts this SwarmEventBatch to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.SwarmEventBatch
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            SwarmEventBatch.prototype.toJSON = function() {
                return SwarmEventBatch.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for SwarmEventBatch
             * @function getTypeUrl
             * @memberof swarmledger.v1.SwarmEventBatch
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            SwarmEventBatch.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.SwarmEventBatch";
            };

            return SwarmEventBatch;
        })();

        v1.HistoryRecord = (function() {

            /**
             * Properties of a HistoryRecord.
             * @typedef {Object} swarmledger.v1.HistoryRecord.$Properties
             * @property {Uint8Array|null} [event] HistoryRecord event
             * @property {number|Long|null} [commitTimeMs] HistoryRecord commitTimeMs
             * @property {Uint8Array|null} [overflowSha256] HistoryRecord overflowSha256
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HistoryRecord.
             * @memberof swarmledger.v1
             * @interface IHistoryRecord
             * @augments swarmledger.v1.HistoryRecord.$Properties
             * @deprecated Use swarmledger.v1.HistoryRecord.$Properties instead.
             */

            /**
             * Shape of a HistoryRecord.
             * @typedef {swarmledger.v1.HistoryRecord.$Properties} swarmledger.v1.HistoryRecord.$Shape
             */

            /**
             * Constructs a new HistoryRecord.
             * @memberof swarmledger.v1
             * @classdesc Represents a HistoryRecord.
             * @constructor
             * @param {swarmledger.v1.HistoryRecord.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HistoryRecord = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HistoryRecord event.
             * @member {Uint8Array} event
             * @memberof swarmledger.v1.HistoryRecord
             * @instance
             */
            HistoryRecord.prototype.event = $util.newBuffer([]);

            /**
             * HistoryRecord commitTimeMs.
             * @member {number|Long} commitTimeMs
             * @memberof swarmledger.v1.HistoryRecord
             * @instance
             */
            HistoryRecord.prototype.commitTimeMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * HistoryRecord overflowSha256.
             * @member {Uint8Array} overflowSha256
             * @memberof swarmledger.v1.HistoryRecord
             * @instance
             */
            HistoryRecord.prototype.overflowSha256 = $util.newBuffer([]);

            /**
             * Encodes the specified HistoryRecord message. Does not implicitly {@link swarmledger.v1.HistoryRecord.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.HistoryRecord
             * @static
             * @param {swarmledger.v1.HistoryRecord.$Properties} message HistoryRecord message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HistoryRecord.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.event != null && $Object.hasOwnProperty.call(message, "event") && message.event.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.event);
                if (message.commitTimeMs != null && $Object.hasOwnProperty.call(message, "commitTimeMs") && (typeof message.commitTimeMs === "object" ? message.commitTimeMs.low || message.commitTimeMs.high : message.commitTimeMs !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.commitTimeMs);
                if (message.overflowSha256 != null && $Object.hasOwnProperty.call(message, "overflowSha256") && message.overflowSha256.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.overflowSha256);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HistoryRecord message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.HistoryRecord
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.HistoryRecord & swarmledger.v1.HistoryRecord.$Shape} HistoryRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HistoryRecord.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.HistoryRecord();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.event = value;
                            else
                                delete message.event;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.commitTimeMs = value;
                            else
                                delete message.commitTimeMs;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.overflowSha256 = value;
                            else
                                delete message.overflowSha256;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a HistoryRecord message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.HistoryRecord
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.HistoryRecord} HistoryRecord
             */
            HistoryRecord.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.HistoryRecord)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.HistoryRecord: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.HistoryRecord();
                if (object.event != null)
                    if (object.event.length)
                        if (typeof object.event === "string")
                            $util.base64.decode(object.event, message.event = $util.newBuffer($util.base64.length(object.event)), 0);
                        else if (object.event.length >= 0)
                            message.event = object.event;
                if (object.commitTimeMs != null)
                    if (typeof object.commitTimeMs === "object" ? object.commitTimeMs.low || object.commitTimeMs.high : $Number(object.commitTimeMs) !== 0)
                        if ($util.Long)
                            message.commitTimeMs = $util.Long.fromValue(object.commitTimeMs, true);
                        else if (typeof object.commitTimeMs === "string")
                            message.commitTimeMs = $parseInt(object.commitTimeMs, 10);
                        else if (typeof object.commitTimeMs === "number")
                            message.commitTimeMs = object.commitTimeMs;
                        else if (typeof object.commitTimeMs === "object")
                            message.commitTimeMs = new $util.LongBits(object.commitTimeMs.low >>> 0, object.commitTimeMs.high >>> 0).toNumber(true);
                if (object.overflowSha256 != null)
                    if (object.overflowSha256.length)
                        if (typeof object.overflowSha256 === "string")
                            $util.base64.decode(object.overflowSha256, message.overflowSha256 = $util.newBuffer($util.base64.length(object.overflowSha256)), 0);
                        else if (object.overflowSha256.length >= 0)
                            message.overflowSha256 = object.overflowSha256;
                return message;
            };

            /**
             * Creates a plain object from a HistoryRecord message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.HistoryRecord
             * @static
             * @param {swarmledger.v1.HistoryRecord} message HistoryRecord
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            HistoryRecord.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    if (options.bytes === $String)
                        object.event = "";
                    else {
                        object.event = [];
                        if (options.bytes !== $Array)
                            object.event = $util.newBuffer(object.event);
                    }
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.commitTimeMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.commitTimeMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if (options.bytes === $String)
                        object.overflowSha256 = "";
                    else {
                        object.overflowSha256 = [];
                        if (options.bytes !== $Array)
                            object.overflowSha256 = $util.newBuffer(object.overflowSha256);
                    }
                }
                if (message.event != null && $Object.hasOwnProperty.call(message, "event"))
                    object.event = options.bytes === $String ? $util.base64.encode(message.event, 0, message.event.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.event) : message.event;
                if (message.commitTimeMs != null && $Object.hasOwnProperty.call(message, "commitTimeMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.commitTimeMs = typeof message.commitTimeMs === "number" ? $BigInt(message.commitTimeMs) : $util.Long.fromBits(message.commitTimeMs.low >>> 0, message.commitTimeMs.high >>> 0, true).toBigInt();
                    else if (typeof message.commitTimeMs === "number")
                        object.commitTimeMs = options.longs === $String ? $String(message.commitTimeMs) : message.commitTimeMs;
                    else
                        object.commitTimeMs = options.longs === $String ? $util.Long.prototype.toString.call(message.commitTimeMs) : options.longs === $Number ? new $util.LongBits(message.commitTimeMs.low >>> 0, message.commitTimeMs.high >>> 0).toNumber(true) : message.commitTimeMs;
                if (message.overflowSha256 != null && $Object.hasOwnProperty.call(message, "overflowSha256"))
                    object.overflowSha256 = options.bytes === $String ? $util.base64.encode(message.overflowSha256, 0, message.overflowSha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.overflowSha256) : message.overflowSha256;
                return object;
            };

            /**
             * Converts this HistoryRecord to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.HistoryRecord
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            HistoryRecord.prototype.toJSON = function() {
                return HistoryRecord.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for HistoryRecord
             * @function getTypeUrl
             * @memberof swarmledger.v1.HistoryRecord
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            HistoryRecord.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.HistoryRecord";
            };

            return HistoryRecord;
        })();

        v1.PathRecord = (function() {

            /**
             * Properties of a PathRecord.
             * @typedef {Object} swarmledger.v1.PathRecord.$Properties
             * @property {boolean|null} [exists] PathRecord exists
             * @property {Uint8Array|null} [contentSha256] PathRecord contentSha256
             * @property {number|Long|null} [contentBytes] PathRecord contentBytes
             * @property {number|null} [mode] PathRecord mode
             * @property {string|null} [eventId] PathRecord eventId
             * @property {string|null} [parentEventId] PathRecord parentEventId
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PathRecord.
             * @memberof swarmledger.v1
             * @interface IPathRecord
             * @augments swarmledger.v1.PathRecord.$Properties
             * @deprecated Use swarmledger.v1.PathRecord.$Properties instead.
             */

            /**
             * Shape of a PathRecord.
             * @typedef {swarmledger.v1.PathRecord.$Properties} swarmledger.v1.PathRecord.$Shape
             */

            /**
             * Constructs a new PathRecord.
             * @memberof swarmledger.v1
             * @classdesc Represents a PathRecord.
             * @constructor
             * @param {swarmledger.v1.PathRecord.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PathRecord = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * PathRecord exists.
             * @member {boolean} exists
             * @memberof swarmledger.v1.PathRecord
             * @instance
             */
            PathRecord.prototype.exists = false;

            /**
             * PathRecord contentSha256.
             * @member {Uint8Array} contentSha256
             * @memberof swarmledger.v1.PathRecord
             * @instance
             */
            PathRecord.prototype.contentSha256 = $util.newBuffer([]);

            /**
             * PathRecord contentBytes.
             * @member {number|Long} contentBytes
             * @memberof swarmledger.v1.PathRecord
             * @instance
             */
            PathRecord.prototype.contentBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * PathRecord mode.
             * @member {number} mode
             * @memberof swarmledger.v1.PathRecord
             * @instance
             */
            PathRecord.prototype.mode = 0;

            /**
             * PathRecord eventId.
             * @member {string} eventId
             * @memberof swarmledger.v1.PathRecord
             * @instance
             */
            PathRecord.prototype.eventId = "";

            /**
             * PathRecord parentEventId.
             * @member {string} parentEventId
             * @memberof swarmledger.v1.PathRecord
             * @instance
             */
            PathRecord.prototype.parentEventId = "";

            /**
             * Encodes the specified PathRecord message. Does not implicitly {@link swarmledger.v1.PathRecord.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.PathRecord
             * @static
             * @param {swarmledger.v1.PathRecord.$Properties} message PathRecord message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PathRecord.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.exists != null && $Object.hasOwnProperty.call(message, "exists") && message.exists !== false)
                    writer.uint32(/* id 1, wireType 0 =*/8).bool(message.exists);
                if (message.contentSha256 != null && $Object.hasOwnProperty.call(message, "contentSha256") && message.contentSha256.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.contentSha256);
                if (message.contentBytes != null && $Object.hasOwnProperty.call(message, "contentBytes") && (typeof message.contentBytes === "object" ? message.contentBytes.low || message.contentBytes.high : message.contentBytes !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.contentBytes);
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode") && message.mode !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.mode);
                if (message.eventId != null && $Object.hasOwnProperty.call(message, "eventId") && message.eventId !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.eventId);
                if (message.parentEventId != null && $Object.hasOwnProperty.call(message, "parentEventId") && message.parentEventId !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.parentEventId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PathRecord message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.PathRecord
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.PathRecord & swarmledger.v1.PathRecord.$Shape} PathRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PathRecord.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.PathRecord();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.exists = value;
                            else
                                delete message.exists;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.contentSha256 = value;
                            else
                                delete message.contentSha256;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.contentBytes = value;
                            else
                                delete message.contentBytes;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.mode = value;
                            else
                                delete message.mode;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.eventId = value;
                            else
                                delete message.eventId;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.parentEventId = value;
                            else
                                delete message.parentEventId;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a PathRecord message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.PathRecord
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.PathRecord} PathRecord
             */
            PathRecord.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.PathRecord)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.PathRecord: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.PathRecord();
                if (object.exists != null)
                    if (object.exists)
                        message.exists = $Boolean(object.exists);
                if (object.contentSha256 != null)
                    if (object.contentSha256.length)
                        if (typeof object.contentSha256 === "string")
                            $util.base64.decode(object.contentSha256, message.contentSha256 = $util.newBuffer($util.base64.length(object.contentSha256)), 0);
                        else if (object.contentSha256.length >= 0)
                            message.contentSha256 = object.contentSha256;
                if (object.contentBytes != null)
                    if (typeof object.contentBytes === "object" ? object.contentBytes.low || object.contentBytes.high : $Number(object.contentBytes) !== 0)
                        if ($util.Long)
                            message.contentBytes = $util.Long.fromValue(object.contentBytes, true);
                        else if (typeof object.contentBytes === "string")
                            message.contentBytes = $parseInt(object.contentBytes, 10);
                        else if (typeof object.contentBytes === "number")
                            message.contentBytes = object.contentBytes;
                        else if (typeof object.contentBytes === "object")
                            message.contentBytes = new $util.LongBits(object.contentBytes.low >>> 0, object.contentBytes.high >>> 0).toNumber(true);
                if (object.mode != null)
                    if ($Number(object.mode) !== 0)
                        message.mode = object.mode >>> 0;
                if (object.eventId != null)
                    if (typeof object.eventId !== "string" || object.eventId.length)
                        message.eventId = $String(object.eventId);
                if (object.parentEventId != null)
                    if (typeof object.parentEventId !== "string" || object.parentEventId.length)
                        message.parentEventId = $String(object.parentEventId);
                return message;
            };

            /**
             * Creates a plain object from a PathRecord message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.PathRecord
             * @static
             * @param {swarmledger.v1.PathRecord} message PathRecord
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            PathRecord.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.exists = false;
                    if (options.bytes === $String)
                        object.contentSha256 = "";
                    else {
                        object.contentSha256 = [];
                        if (options.bytes !== $Array)
                            object.contentSha256 = $util.newBuffer(object.contentSha256);
                    }
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.contentBytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.contentBytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.mode = 0;
                    object.eventId = "";
                    object.parentEventId = "";
                }
                if (message.exists != null && $Object.hasOwnProperty.call(message, "exists"))
                    object.exists = message.exists;
                if (message.contentSha256 != null && $Object.hasOwnProperty.call(message, "contentSha256"))
                    object.contentSha256 = options.bytes === $String ? $util.base64.encode(message.contentSha256, 0, message.contentSha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.contentSha256) : message.contentSha256;
                if (message.contentBytes != null && $Object.hasOwnProperty.call(message, "contentBytes"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.contentBytes = typeof message.contentBytes === "number" ? $BigInt(message.contentBytes) : $util.Long.fromBits(message.contentBytes.low >>> 0, message.contentBytes.high >>> 0, true).toBigInt();
                    else if (typeof message.contentBytes === "number")
                        object.contentBytes = options.longs === $String ? $String(message.contentBytes) : message.contentBytes;
                    else
                        object.contentBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.contentBytes) : options.longs === $Number ? new $util.LongBits(message.contentBytes.low >>> 0, message.contentBytes.high >>> 0).toNumber(true) : message.contentBytes;
                if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                    object.mode = message.mode;
                if (message.eventId != null && $Object.hasOwnProperty.call(message, "eventId"))
                    object.eventId = message.eventId;
                if (message.parentEventId != null && $Object.hasOwnProperty.call(message, "parentEventId"))
                    object.parentEventId = message.parentEventId;
                return object;
            };

            /**
             * Converts this PathRecord to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.PathRecord
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            PathRecord.prototype.toJSON = function() {
                return PathRecord.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for PathRecord
             * @function getTypeUrl
             * @memberof swarmledger.v1.PathRecord
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            PathRecord.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.PathRecord";
            };

            return PathRecord;
        })();

        v1.FeedRecord = (function() {

            /**
             * Properties of a FeedRecord.
             * @typedef {Object} swarmledger.v1.FeedRecord.$Properties
             * @property {Array.<swarmledger.v1.FeedRecord.Span.$Properties>|null} [spans] FeedRecord spans
             * @property {number|Long|null} [commitTimeMs] FeedRecord commitTimeMs
             * @property {number|null} [events] FeedRecord events
             * @property {number|Long|null} [bytes] FeedRecord bytes
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a FeedRecord.
             * @memberof swarmledger.v1
             * @interface IFeedRecord
             * @augments swarmledger.v1.FeedRecord.$Properties
             * @deprecated Use swarmledger.v1.FeedRecord.$Properties instead.
             */

            /**
             * Shape of a FeedRecord.
             * @typedef {swarmledger.v1.FeedRecord.$Properties} swarmledger.v1.FeedRecord.$Shape
             */

            /**
             * Constructs a new FeedRecord.
             * @memberof swarmledger.v1
             * @classdesc Represents a FeedRecord.
             * @constructor
             * @param {swarmledger.v1.FeedRecord.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const FeedRecord = function (properties) {
                this.spans = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * FeedRecord spans.
             * @member {Array.<swarmledger.v1.FeedRecord.Span.$Properties>} spans
             * @memberof swarmledger.v1.FeedRecord
             * @instance
             */
            FeedRecord.prototype.spans = $util.emptyArray;

            /**
             * FeedRecord commitTimeMs.
             * @member {number|Long} commitTimeMs
             * @memberof swarmledger.v1.FeedRecord
             * @instance
             */
            FeedRecord.prototype.commitTimeMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * FeedRecord events.
             * @member {number} events
             * @memberof swarmledger.v1.FeedRecord
             * @instance
             */
            FeedRecord.prototype.events = 0;

            /**
             * FeedRecord bytes.
             * @member {number|Long} bytes
             * @memberof swarmledger.v1.FeedRecord
             * @instance
             */
            FeedRecord.prototype.bytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified FeedRecord message. Does not implicitly {@link swarmledger.v1.FeedRecord.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.FeedRecord
             * @static
             * @param {swarmledger.v1.FeedRecord.$Properties} message FeedRecord message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            FeedRecord.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.spans != null && message.spans.length)
                    for (let i = 0; i < message.spans.length; ++i)
                        $root.swarmledger.v1.FeedRecord.Span.encode(message.spans[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.commitTimeMs != null && $Object.hasOwnProperty.call(message, "commitTimeMs") && (typeof message.commitTimeMs === "object" ? message.commitTimeMs.low || message.commitTimeMs.high : message.commitTimeMs !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.commitTimeMs);
                if (message.events != null && $Object.hasOwnProperty.call(message, "events") && message.events !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.events);
                if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes") && (typeof message.bytes === "object" ? message.bytes.low || message.bytes.high : message.bytes !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.bytes);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a FeedRecord message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.FeedRecord
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.FeedRecord & swarmledger.v1.FeedRecord.$Shape} FeedRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            FeedRecord.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.FeedRecord();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.spans && message.spans.length))
                                message.spans = [];
                            message.spans.push($root.swarmledger.v1.FeedRecord.Span.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.commitTimeMs = value;
                            else
                                delete message.commitTimeMs;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.events = value;
                            else
                                delete message.events;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.bytes = value;
                            else
                                delete message.bytes;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a FeedRecord message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.FeedRecord
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.FeedRecord} FeedRecord
             */
            FeedRecord.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.FeedRecord)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.FeedRecord: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.FeedRecord();
                if (object.spans) {
                    if (!$Array.isArray(object.spans))
                        throw $TypeError(".swarmledger.v1.FeedRecord.spans: array expected");
                    message.spans = $Array(object.spans.length);
                    for (let i = 0; i < object.spans.length; ++i) {
                        if (!$util.isObject(object.spans[i]))
                            throw $TypeError(".swarmledger.v1.FeedRecord.spans: object expected");
                        message.spans[i] = $root.swarmledger.v1.FeedRecord.Span.fromObject(object.spans[i], _depth + 1);
                    }
                }
                if (object.commitTimeMs != null)
                    if (typeof object.commitTimeMs === "object" ? object.commitTimeMs.low || object.commitTimeMs.high : $Number(object.commitTimeMs) !== 0)
                        if ($util.Long)
                            message.commitTimeMs = $util.Long.fromValue(object.commitTimeMs, true);
                        else if (typeof object.commitTimeMs === "string")
                            message.commitTimeMs = $parseInt(object.commitTimeMs, 10);
                        else if (typeof object.commitTimeMs === "number")
                            message.commitTimeMs = object.commitTimeMs;
                        else if (typeof object.commitTimeMs === "object")
                            message.commitTimeMs = new $util.LongBits(object.commitTimeMs.low >>> 0, object.commitTimeMs.high >>> 0).toNumber(true);
                if (object.events != null)
                    if ($Number(object.events) !== 0)
                        message.events = object.events >>> 0;
                if (object.bytes != null)
                    if (typeof object.bytes === "object" ? object.bytes.low || object.bytes.high : $Number(object.bytes) !== 0)
                        if ($util.Long)
                            message.bytes = $util.Long.fromValue(object.bytes, true);
                        else if (typeof object.bytes === "string")
                            message.bytes = $parseInt(object.bytes, 10);
                        else if (typeof object.bytes === "number")
                            message.bytes = object.bytes;
                        else if (typeof object.bytes === "object")
                            message.bytes = new $util.LongBits(object.bytes.low >>> 0, object.bytes.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a FeedRecord message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.FeedRecord
             * @static
             * @param {swarmledger.v1.FeedRecord} message FeedRecord
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            FeedRecord.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.spans = [];
                if (options.defaults) {
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.commitTimeMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.commitTimeMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.events = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.bytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.bytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.spans && message.spans.length) {
                    object.spans = $Array(message.spans.length);
                    for (let j = 0; j < message.spans.length; ++j)
                        object.spans[j] = $root.swarmledger.v1.FeedRecord.Span.toObject(message.spans[j], options, _depth + 1);
                }
                if (message.commitTimeMs != null && $Object.hasOwnProperty.call(message, "commitTimeMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.commitTimeMs = typeof message.commitTimeMs === "number" ? $BigInt(message.commitTimeMs) : $util.Long.fromBits(message.commitTimeMs.low >>> 0, message.commitTimeMs.high >>> 0, true).toBigInt();
                    else if (typeof message.commitTimeMs === "number")
                        object.commitTimeMs = options.longs === $String ? $String(message.commitTimeMs) : message.commitTimeMs;
                    else
                        object.commitTimeMs = options.longs === $String ? $util.Long.prototype.toString.call(message.commitTimeMs) : options.longs === $Number ? new $util.LongBits(message.commitTimeMs.low >>> 0, message.commitTimeMs.high >>> 0).toNumber(true) : message.commitTimeMs;
                if (message.events != null && $Object.hasOwnProperty.call(message, "events"))
                    object.events = message.events;
                if (message.bytes != null && $Object.hasOwnProperty.call(message, "bytes"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.bytes = typeof message.bytes === "number" ? $BigInt(message.bytes) : $util.Long.fromBits(message.bytes.low >>> 0, message.bytes.high >>> 0, true).toBigInt();
                    else if (typeof message.bytes === "number")
                        object.bytes = options.longs === $String ? $String(message.bytes) : message.bytes;
                    else
                        object.bytes = options.longs === $String ? $util.Long.prototype.toString.call(message.bytes) : options.longs === $Number ? new $util.LongBits(message.bytes.low >>> 0, message.bytes.high >>> 0).toNumber(true) : message.bytes;
                return object;
            };

            /**
             * Converts this FeedRecord to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.FeedRecord
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            FeedRecord.prototype.toJSON = function() {
                return FeedRecord.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for FeedRecord
             * @function getTypeUrl
             * @memberof swarmledger.v1.FeedRecord
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            FeedRecord.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.FeedRecord";
            };

            FeedRecord.Span = (function() {

                /**
                 * Properties of a Span.
                 * @typedef {Object} swarmledger.v1.FeedRecord.Span.$Properties
                 * @property {string|null} [tenantId] Span tenantId
                 * @property {string|null} [projectId] Span projectId
                 * @property {string|null} [branch] Span branch
                 * @property {number|null} [firstOrder] Span firstOrder
                 * @property {number|null} [lastOrder] Span lastOrder
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a Span.
                 * @memberof swarmledger.v1.FeedRecord
                 * @interface ISpan
                 * @augments swarmledger.v1.FeedRecord.Span.$Properties
                 * @deprecated Use swarmledger.v1.FeedRecord.Span.$Properties instead.
                 */

                /**
                 * Shape of a Span.
                 * @typedef {swarmledger.v1.FeedRecord.Span.$Properties} swarmledger.v1.FeedRecord.Span.$Shape
                 */

                /**
                 * Constructs a new Span.
                 * @memberof swarmledger.v1.FeedRecord
                 * @classdesc Represents a Span.
                 * @constructor
                 * @param {swarmledger.v1.FeedRecord.Span.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const Span = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * Span tenantId.
                 * @member {string} tenantId
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @instance
                 */
                Span.prototype.tenantId = "";

                /**
                 * Span projectId.
                 * @member {string} projectId
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @instance
                 */
                Span.prototype.projectId = "";

                /**
                 * Span branch.
                 * @member {string} branch
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @instance
                 */
                Span.prototype.branch = "";

                /**
                 * Span firstOrder.
                 * @member {number} firstOrder
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @instance
                 */
                Span.prototype.firstOrder = 0;

                /**
                 * Span lastOrder.
                 * @member {number} lastOrder
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @instance
                 */
                Span.prototype.lastOrder = 0;

                /**
                 * Encodes the specified Span message. Does not implicitly {@link swarmledger.v1.FeedRecord.Span.verify|verify} messages.
                 * @function encode
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @static
                 * @param {swarmledger.v1.FeedRecord.Span.$Properties} message Span message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                Span.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.tenantId != null && $Object.hasOwnProperty.call(message, "tenantId") && message.tenantId !== "")
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.tenantId);
                    if (message.projectId != null && $Object.hasOwnProperty.call(message, "projectId") && message.projectId !== "")
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.projectId);
                    if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== "")
                        writer.uint32(/* id 3, wireType 2 =*/26).string(message.branch);
                    if (message.firstOrder != null && $Object.hasOwnProperty.call(message, "firstOrder") && message.firstOrder !== 0)
                        writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.firstOrder);
                    if (message.lastOrder != null && $Object.hasOwnProperty.call(message, "lastOrder") && message.lastOrder !== 0)
                        writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.lastOrder);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a Span message from the specified reader or buffer.
                 * @function decode
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {swarmledger.v1.FeedRecord.Span & swarmledger.v1.FeedRecord.Span.$Shape} Span
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                Span.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.swarmledger.v1.FeedRecord.Span();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.tenantId = value;
                                else
                                    delete message.tenantId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.projectId = value;
                                else
                                    delete message.projectId;
                                continue;
                            }
                        case 3: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.stringVerify()).length)
                                    message.branch = value;
                                else
                                    delete message.branch;
                                continue;
                            }
                        case 4: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.firstOrder = value;
                                else
                                    delete message.firstOrder;
                                continue;
                            }
                        case 5: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.uint32())
                                    message.lastOrder = value;
                                else
                                    delete message.lastOrder;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                /**
                 * Creates a Span message from a plain object. Also converts values to their respective internal types.
                 * @function fromObject
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @static
                 * @param {Object.<string,*>} object Plain object
                 * @returns {swarmledger.v1.FeedRecord.Span} Span
                 */
                Span.fromObject = function (object, _depth) {
                    if (object instanceof $root.swarmledger.v1.FeedRecord.Span)
                        return object;
                    if (!$util.isObject(object))
                        throw $TypeError(".swarmledger.v1.FeedRecord.Span: object expected");
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let message = new $root.swarmledger.v1.FeedRecord.Span();
                    if (object.tenantId != null)
                        if (typeof object.tenantId !== "string" || object.tenantId.length)
                            message.tenantId = $String(object.tenantId);
                    if (object.projectId != null)
                        if (typeof object.projectId !== "string" || object.projectId.length)
                            message.projectId = $String(object.projectId);
                    if (object.branch != null)
                        if (typeof object.branch !== "string" || object.branch.length)
                            message.branch = $String(object.branch);
                    if (object.firstOrder != null)
                        if ($Number(object.firstOrder) !== 0)
                            message.firstOrder = object.firstOrder >>> 0;
                    if (object.lastOrder != null)
                        if ($Number(object.lastOrder) !== 0)
                            message.lastOrder = object.lastOrder >>> 0;
                    return message;
                };

                /**
                 * Creates a plain object from a Span message. Also converts values to other types if specified.
                 * @function toObject
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @static
                 * @param {swarmledger.v1.FeedRecord.Span} message Span
                 * @param {$protobuf.IConversionOptions} [options] Conversion options
                 * @returns {Object.<string,*>} Plain object
                 */
                Span.toObject = function (message, options, _depth) {
                    if (!options)
                        options = {};
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    let object = {};
                    if (options.defaults) {
                        object.tenantId = "";
                        object.projectId = "";
                        object.branch = "";
                        object.firstOrder = 0;
                        object.lastOrder = 0;
                    }
                    if (message.tenantId != null && $Object.hasOwnProperty.call(message, "tenantId"))
                        object.tenantId = message.tenantId;
                    if (message.projectId != null && $Object.hasOwnProperty.call(message, "projectId"))
                        object.projectId = message.projectId;
                    if (message.branch != null && $Object.hasOwnProperty.call(message, "branch"))
                        object.branch = message.branch;
                    if (message.firstOrder != null && $Object.hasOwnProperty.call(message, "firstOrder"))
                        object.firstOrder = message.firstOrder;
                    if (message.lastOrder != null && $Object.hasOwnProperty.call(message, "lastOrder"))
                        object.lastOrder = message.lastOrder;
                    return object;
                };

                /**
                 * Converts this Span to JSON.
                 * @function toJSON
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @instance
                 * @returns {Object.<string,*>} JSON object
                 */
                Span.prototype.toJSON = function() {
                    return Span.toObject(this, $protobuf.util.toJSONOptions);
                };

                /**
                 * Gets the type url for Span
                 * @function getTypeUrl
                 * @memberof swarmledger.v1.FeedRecord.Span
                 * @static
                 * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns {string} The type url
                 */
                Span.getTypeUrl = function(prefix) {
                    if (prefix === $undefined)
                        prefix = "type.googleapis.com";
                    return prefix + "/swarmledger.v1.FeedRecord.Span";
                };

                return Span;
            })();

            return FeedRecord;
        })();

        v1.Receipt = (function() {

            /**
             * Properties of a Receipt.
             * @typedef {Object} swarmledger.v1.Receipt.$Properties
             * @property {string|null} [eventId] Receipt eventId
             * @property {Uint8Array|null} [version] Receipt version
             * @property {boolean|null} [duplicate] Receipt duplicate
             * @property {string|null} [rejected] Receipt rejected
             * @property {string|null} [messageId] Receipt messageId
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Receipt.
             * @memberof swarmledger.v1
             * @interface IReceipt
             * @augments swarmledger.v1.Receipt.$Properties
             * @deprecated Use swarmledger.v1.Receipt.$Properties instead.
             */

            /**
             * Shape of a Receipt.
             * @typedef {swarmledger.v1.Receipt.$Properties} swarmledger.v1.Receipt.$Shape
             */

            /**
             * Constructs a new Receipt.
             * @memberof swarmledger.v1
             * @classdesc Represents a Receipt.
             * @constructor
             * @param {swarmledger.v1.Receipt.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Receipt = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Receipt eventId.
             * @member {string} eventId
             * @memberof swarmledger.v1.Receipt
             * @instance
             */
            Receipt.prototype.eventId = "";

            /**
             * Receipt version.
             * @member {Uint8Array} version
             * @memberof swarmledger.v1.Receipt
             * @instance
             */
            Receipt.prototype.version = $util.newBuffer([]);

            /**
             * Receipt duplicate.
             * @member {boolean} duplicate
             * @memberof swarmledger.v1.Receipt
             * @instance
             */
            Receipt.prototype.duplicate = false;

            /**
             * Receipt rejected.
             * @member {string} rejected
             * @memberof swarmledger.v1.Receipt
             * @instance
             */
            Receipt.prototype.rejected = "";

            /**
             * Receipt messageId.
             * @member {string} messageId
             * @memberof swarmledger.v1.Receipt
             * @instance
             */
            Receipt.prototype.messageId = "";

            /**
             * Encodes the specified Receipt message. Does not implicitly {@link swarmledger.v1.Receipt.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.Receipt
             * @static
             * @param {swarmledger.v1.Receipt.$Properties} message Receipt message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Receipt.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.eventId != null && $Object.hasOwnProperty.call(message, "eventId") && message.eventId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.eventId);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.version);
                if (message.duplicate != null && $Object.hasOwnProperty.call(message, "duplicate") && message.duplicate !== false)
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.duplicate);
                if (message.rejected != null && $Object.hasOwnProperty.call(message, "rejected") && message.rejected !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.rejected);
                if (message.messageId != null && $Object.hasOwnProperty.call(message, "messageId") && message.messageId !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.messageId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Receipt message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.Receipt
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.Receipt & swarmledger.v1.Receipt.$Shape} Receipt
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Receipt.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.Receipt();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.eventId = value;
                            else
                                delete message.eventId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.duplicate = value;
                            else
                                delete message.duplicate;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rejected = value;
                            else
                                delete message.rejected;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.messageId = value;
                            else
                                delete message.messageId;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Receipt message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.Receipt
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.Receipt} Receipt
             */
            Receipt.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.Receipt)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.Receipt: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.Receipt();
                if (object.eventId != null)
                    if (typeof object.eventId !== "string" || object.eventId.length)
                        message.eventId = $String(object.eventId);
                if (object.version != null)
                    if (object.version.length)
                        if (typeof object.version === "string")
                            $util.base64.decode(object.version, message.version = $util.newBuffer($util.base64.length(object.version)), 0);
                        else if (object.version.length >= 0)
                            message.version = object.version;
                if (object.duplicate != null)
                    if (object.duplicate)
                        message.duplicate = $Boolean(object.duplicate);
                if (object.rejected != null)
                    if (typeof object.rejected !== "string" || object.rejected.length)
                        message.rejected = $String(object.rejected);
                if (object.messageId != null)
                    if (typeof object.messageId !== "string" || object.messageId.length)
                        message.messageId = $String(object.messageId);
                return message;
            };

            /**
             * Creates a plain object from a Receipt message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.Receipt
             * @static
             * @param {swarmledger.v1.Receipt} message Receipt
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Receipt.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.eventId = "";
                    if (options.bytes === $String)
                        object.version = "";
                    else {
                        object.version = [];
                        if (options.bytes !== $Array)
                            object.version = $util.newBuffer(object.version);
                    }
                    object.duplicate = false;
                    object.rejected = "";
                    object.messageId = "";
                }
                if (message.eventId != null && $Object.hasOwnProperty.call(message, "eventId"))
                    object.eventId = message.eventId;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = options.bytes === $String ? $util.base64.encode(message.version, 0, message.version.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.version) : message.version;
                if (message.duplicate != null && $Object.hasOwnProperty.call(message, "duplicate"))
                    object.duplicate = message.duplicate;
                if (message.rejected != null && $Object.hasOwnProperty.call(message, "rejected"))
                    object.rejected = message.rejected;
                if (message.messageId != null && $Object.hasOwnProperty.call(message, "messageId"))
                    object.messageId = message.messageId;
                return object;
            };

            /**
             * Converts this Receipt to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.Receipt
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Receipt.prototype.toJSON = function() {
                return Receipt.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Receipt
             * @function getTypeUrl
             * @memberof swarmledger.v1.Receipt
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Receipt.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.Receipt";
            };

            return Receipt;
        })();

        v1.Receipts = (function() {

            /**
             * Properties of a Receipts.
             * @typedef {Object} swarmledger.v1.Receipts.$Properties
             * @property {Array.<swarmledger.v1.Receipt.$Properties>|null} [receipts] Receipts receipts
             * @property {number|Long|null} [hubTimeUs] Receipts hubTimeUs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Receipts.
             * @memberof swarmledger.v1
             * @interface IReceipts
             * @augments swarmledger.v1.Receipts.$Properties
             * @deprecated Use swarmledger.v1.Receipts.$Properties instead.
             */

            /**
             * Shape of a Receipts.
             * @typedef {swarmledger.v1.Receipts.$Properties} swarmledger.v1.Receipts.$Shape
             */

            /**
             * Constructs a new Receipts.
             * @memberof swarmledger.v1
             * @classdesc Represents a Receipts.
             * @constructor
             * @param {swarmledger.v1.Receipts.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Receipts = function (properties) {
                this.receipts = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Receipts receipts.
             * @member {Array.<swarmledger.v1.Receipt.$Properties>} receipts
             * @memberof swarmledger.v1.Receipts
             * @instance
             */
            Receipts.prototype.receipts = $util.emptyArray;

            /**
             * Receipts hubTimeUs.
             * @member {number|Long} hubTimeUs
             * @memberof swarmledger.v1.Receipts
             * @instance
             */
            Receipts.prototype.hubTimeUs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Encodes the specified Receipts message. Does not implicitly {@link swarmledger.v1.Receipts.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.Receipts
             * @static
             * @param {swarmledger.v1.Receipts.$Properties} message Receipts message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Receipts.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.receipts != null && message.receipts.length)
                    for (let i = 0; i < message.receipts.length; ++i)
                        $root.swarmledger.v1.Receipt.encode(message.receipts[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.hubTimeUs != null && $Object.hasOwnProperty.call(message, "hubTimeUs") && (typeof message.hubTimeUs === "object" ? message.hubTimeUs.low || message.hubTimeUs.high : message.hubTimeUs !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).int64(message.hubTimeUs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Receipts message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.Receipts
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.Receipts & swarmledger.v1.Receipts.$Shape} Receipts
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Receipts.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.Receipts();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.receipts && message.receipts.length))
                                message.receipts = [];
                            message.receipts.push($root.swarmledger.v1.Receipt.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.hubTimeUs = value;
                            else
                                delete message.hubTimeUs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Receipts message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.Receipts
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.Receipts} Receipts
             */
            Receipts.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.Receipts)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.Receipts: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.Receipts();
                if (object.receipts) {
                    if (!$Array.isArray(object.receipts))
                        throw $TypeError(".swarmledger.v1.Receipts.receipts: array expected");
                    message.receipts = $Array(object.receipts.length);
                    for (let i = 0; i < object.receipts.length; ++i) {
                        if (!$util.isObject(object.receipts[i]))
                            throw $TypeError(".swarmledger.v1.Receipts.receipts: object expected");
                        message.receipts[i] = $root.swarmledger.v1.Receipt.fromObject(object.receipts[i], _depth + 1);
                    }
                }
                if (object.hubTimeUs != null)
                    if (typeof object.hubTimeUs === "object" ? object.hubTimeUs.low || object.hubTimeUs.high : $Number(object.hubTimeUs) !== 0)
                        if ($util.Long)
                            message.hubTimeUs = $util.Long.fromValue(object.hubTimeUs, false);
                        else if (typeof object.hubTimeUs === "string")
                            message.hubTimeUs = $parseInt(object.hubTimeUs, 10);
                        else if (typeof object.hubTimeUs === "number")
                            message.hubTimeUs = object.hubTimeUs;
                        else if (typeof object.hubTimeUs === "object")
                            message.hubTimeUs = new $util.LongBits(object.hubTimeUs.low >>> 0, object.hubTimeUs.high >>> 0).toNumber();
                return message;
            };

            /**
             * Creates a plain object from a Receipts message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.Receipts
             * @static
             * @param {swarmledger.v1.Receipts} message Receipts
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Receipts.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.receipts = [];
                if (options.defaults)
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, false);
                        object.hubTimeUs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.hubTimeUs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (message.receipts && message.receipts.length) {
                    object.receipts = $Array(message.receipts.length);
                    for (let j = 0; j < message.receipts.length; ++j)
                        object.receipts[j] = $root.swarmledger.v1.Receipt.toObject(message.receipts[j], options, _depth + 1);
                }
                if (message.hubTimeUs != null && $Object.hasOwnProperty.call(message, "hubTimeUs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.hubTimeUs = typeof message.hubTimeUs === "number" ? $BigInt(message.hubTimeUs) : $util.Long.fromBits(message.hubTimeUs.low >>> 0, message.hubTimeUs.high >>> 0, false).toBigInt();
                    else if (typeof message.hubTimeUs === "number")
                        object.hubTimeUs = options.longs === $String ? $String(message.hubTimeUs) : message.hubTimeUs;
                    else
                        object.hubTimeUs = options.longs === $String ? $util.Long.prototype.toString.call(message.hubTimeUs) : options.longs === $Number ? new $util.LongBits(message.hubTimeUs.low >>> 0, message.hubTimeUs.high >>> 0).toNumber() : message.hubTimeUs;
                return object;
            };

            /**
             * Converts this Receipts to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.Receipts
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Receipts.prototype.toJSON = function() {
                return Receipts.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Receipts
             * @function getTypeUrl
             * @memberof swarmledger.v1.Receipts
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Receipts.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.Receipts";
            };

            return Receipts;
        })();

        v1.ReceiptQuery = (function() {

            /**
             * Properties of a ReceiptQuery.
             * @typedef {Object} swarmledger.v1.ReceiptQuery.$Properties
             * @property {Array.<string>|null} [eventIds] ReceiptQuery eventIds
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ReceiptQuery.
             * @memberof swarmledger.v1
             * @interface IReceiptQuery
             * @augments swarmledger.v1.ReceiptQuery.$Properties
             * @deprecated Use swarmledger.v1.ReceiptQuery.$Properties instead.
             */

            /**
             * Shape of a ReceiptQuery.
             * @typedef {swarmledger.v1.ReceiptQuery.$Properties} swarmledger.v1.ReceiptQuery.$Shape
             */

            /**
             * Constructs a new ReceiptQuery.
             * @memberof swarmledger.v1
             * @classdesc Represents a ReceiptQuery.
             * @constructor
             * @param {swarmledger.v1.ReceiptQuery.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ReceiptQuery = function (properties) {
                this.eventIds = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ReceiptQuery eventIds.
             * @member {Array.<string>} eventIds
             * @memberof swarmledger.v1.ReceiptQuery
             * @instance
             */
            ReceiptQuery.prototype.eventIds = $util.emptyArray;

            /**
             * Encodes the specified ReceiptQuery message. Does not implicitly {@link swarmledger.v1.ReceiptQuery.verify|verify} messages.
             * @function encode
             * @memberof swarmledger.v1.ReceiptQuery
             * @static
             * @param {swarmledger.v1.ReceiptQuery.$Properties} message ReceiptQuery message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ReceiptQuery.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.eventIds != null && message.eventIds.length)
                    for (let i = 0; i < message.eventIds.length; ++i)
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.eventIds[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ReceiptQuery message from the specified reader or buffer.
             * @function decode
             * @memberof swarmledger.v1.ReceiptQuery
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {swarmledger.v1.ReceiptQuery & swarmledger.v1.ReceiptQuery.$Shape} ReceiptQuery
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ReceiptQuery.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.swarmledger.v1.ReceiptQuery();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.eventIds && message.eventIds.length))
                                message.eventIds = [];
                            message.eventIds.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ReceiptQuery message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof swarmledger.v1.ReceiptQuery
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {swarmledger.v1.ReceiptQuery} ReceiptQuery
             */
            ReceiptQuery.fromObject = function (object, _depth) {
                if (object instanceof $root.swarmledger.v1.ReceiptQuery)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".swarmledger.v1.ReceiptQuery: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.swarmledger.v1.ReceiptQuery();
                if (object.eventIds) {
                    if (!$Array.isArray(object.eventIds))
                        throw $TypeError(".swarmledger.v1.ReceiptQuery.eventIds: array expected");
                    message.eventIds = $Array(object.eventIds.length);
                    for (let i = 0; i < object.eventIds.length; ++i)
                        message.eventIds[i] = $String(object.eventIds[i]);
                }
                return message;
            };

            /**
             * Creates a plain object from a ReceiptQuery message. Also converts values to other types if specified.
             * @function toObject
             * @memberof swarmledger.v1.ReceiptQuery
             * @static
             * @param {swarmledger.v1.ReceiptQuery} message ReceiptQuery
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ReceiptQuery.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.eventIds = [];
                if (message.eventIds && message.eventIds.length) {
                    object.eventIds = $Array(message.eventIds.length);
                    for (let j = 0; j < message.eventIds.length; ++j)
                        object.eventIds[j] = message.eventIds[j];
                }
                return object;
            };

            /**
             * Converts this ReceiptQuery to JSON.
             * @function toJSON
             * @memberof swarmledger.v1.ReceiptQuery
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ReceiptQuery.prototype.toJSON = function() {
                return ReceiptQuery.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for ReceiptQuery
             * @function getTypeUrl
             * @memberof swarmledger.v1.ReceiptQuery
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            ReceiptQuery.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/swarmledger.v1.ReceiptQuery";
            };

            return ReceiptQuery;
        })();

        return v1;
    })();

    return swarmledger;
})();

export const google = $root.google = (() => {

    /**
     * Namespace google.
     * @exports google
     * @namespace
     */
    const google = {};

    google.protobuf = (function() {

        /**
         * Namespace protobuf.
         * @memberof google
         * @namespace
         */
        const protobuf = {};

        protobuf.Timestamp = (function() {

            /**
             * Properties of a Timestamp.
             * @typedef {Object} google.protobuf.Timestamp.$Properties
             * @property {number|Long|null} [seconds] Timestamp seconds
             * @property {number|null} [nanos] Timestamp nanos
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Timestamp.
             * @memberof google.protobuf
             * @interface ITimestamp
             * @augments google.protobuf.Timestamp.$Properties
             * @deprecated Use google.protobuf.Timestamp.$Properties instead.
             */

            /**
             * Shape of a Timestamp.
             * @typedef {google.protobuf.Timestamp.$Properties} google.protobuf.Timestamp.$Shape
             */

            /**
             * Constructs a new Timestamp.
             * @memberof google.protobuf
             * @classdesc Represents a Timestamp.
             * @constructor
             * @param {google.protobuf.Timestamp.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Timestamp = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Timestamp seconds.
             * @member {number|Long} seconds
             * @memberof google.protobuf.Timestamp
             * @instance
             */
            Timestamp.prototype.seconds = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Timestamp nanos.
             * @member {number} nanos
             * @memberof google.protobuf.Timestamp
             * @instance
             */
            Timestamp.prototype.nanos = 0;

            /**
             * Encodes the specified Timestamp message. Does not implicitly {@link google.protobuf.Timestamp.verify|verify} messages.
             * @function encode
             * @memberof google.protobuf.Timestamp
             * @static
             * @param {google.protobuf.Timestamp.$Properties} message Timestamp message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Timestamp.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.seconds != null && $Object.hasOwnProperty.call(message, "seconds") && (typeof message.seconds === "object" ? message.seconds.low || message.seconds.high : message.seconds !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).int64(message.seconds);
                if (message.nanos != null && $Object.hasOwnProperty.call(message, "nanos") && message.nanos !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).int32(message.nanos);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Timestamp message from the specified reader or buffer.
             * @function decode
             * @memberof google.protobuf.Timestamp
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {google.protobuf.Timestamp & google.protobuf.Timestamp.$Shape} Timestamp
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Timestamp.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.google.protobuf.Timestamp();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.seconds = value;
                            else
                                delete message.seconds;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.nanos = value;
                            else
                                delete message.nanos;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Timestamp message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof google.protobuf.Timestamp
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {google.protobuf.Timestamp} Timestamp
             */
            Timestamp.fromObject = function (object, _depth) {
                if (object instanceof $root.google.protobuf.Timestamp)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".google.protobuf.Timestamp: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.google.protobuf.Timestamp();
                if (object.seconds != null)
                    if (typeof object.seconds === "object" ? object.seconds.low || object.seconds.high : $Number(object.seconds) !== 0)
                        if ($util.Long)
                            message.seconds = $util.Long.fromValue(object.seconds, false);
                        else if (typeof object.seconds === "string")
                            message.seconds = $parseInt(object.seconds, 10);
                        else if (typeof object.seconds === "number")
                            message.seconds = object.seconds;
                        else if (typeof object.seconds === "object")
                            message.seconds = new $util.LongBits(object.seconds.low >>> 0, object.seconds.high >>> 0).toNumber();
                if (object.nanos != null)
                    if ($Number(object.nanos) !== 0)
                        message.nanos = object.nanos | 0;
                return message;
            };

            /**
             * Creates a plain object from a Timestamp message. Also converts values to other types if specified.
             * @function toObject
             * @memberof google.protobuf.Timestamp
             * @static
             * @param {google.protobuf.Timestamp} message Timestamp
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Timestamp.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, false);
                        object.seconds = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.seconds = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.nanos = 0;
                }
                if (message.seconds != null && $Object.hasOwnProperty.call(message, "seconds"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.seconds = typeof message.seconds === "number" ? $BigInt(message.seconds) : $util.Long.fromBits(message.seconds.low >>> 0, message.seconds.high >>> 0, false).toBigInt();
                    else if (typeof message.seconds === "number")
                        object.seconds = options.longs === $String ? $String(message.seconds) : message.seconds;
                    else
                        object.seconds = options.longs === $String ? $util.Long.prototype.toString.call(message.seconds) : options.longs === $Number ? new $util.LongBits(message.seconds.low >>> 0, message.seconds.high >>> 0).toNumber() : message.seconds;
                if (message.nanos != null && $Object.hasOwnProperty.call(message, "nanos"))
                    object.nanos = message.nanos;
                return object;
            };

            /**
             * Converts this Timestamp to JSON.
             * @function toJSON
             * @memberof google.protobuf.Timestamp
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Timestamp.prototype.toJSON = function() {
                return Timestamp.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Timestamp
             * @function getTypeUrl
             * @memberof google.protobuf.Timestamp
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Timestamp.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/google.protobuf.Timestamp";
            };

            return Timestamp;
        })();

        return protobuf;
    })();

    return google;
})();

export {
  $root as default
};
