import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace swarmledger. */
export namespace swarmledger {

    /** Namespace v1. */
    namespace v1 {

        /**
         * Properties of a SwarmEvent.
         * @deprecated Use swarmledger.v1.SwarmEvent.$Properties instead.
         */
        interface ISwarmEvent extends swarmledger.v1.SwarmEvent.$Properties {
        }

        /** Represents a SwarmEvent. */
        class SwarmEvent {

            /**
             * Constructs a new SwarmEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.SwarmEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SwarmEvent eventId. */
            eventId: string;

            /** SwarmEvent timestamp. */
            timestamp?: (google.protobuf.Timestamp.$Properties|null);

            /** SwarmEvent traceId. */
            traceId: string;

            /** SwarmEvent spanId. */
            spanId: string;

            /** SwarmEvent agentRole. */
            agentRole: swarmledger.v1.AgentRole;

            /** SwarmEvent agentId. */
            agentId: string;

            /** SwarmEvent decision. */
            decision?: (swarmledger.v1.Decision.$Properties|null);

            /** SwarmEvent stateChange. */
            stateChange?: (swarmledger.v1.StateChange.$Properties|null);

            /** SwarmEvent systemSignal. */
            systemSignal?: (swarmledger.v1.SystemSignal.$Properties|null);

            /** SwarmEvent conflict. */
            conflict?: (swarmledger.v1.Conflict.$Properties|null);

            /** SwarmEvent contentChunk. */
            contentChunk?: (swarmledger.v1.ContentChunk.$Properties|null);

            /** SwarmEvent encryptedPayload. */
            encryptedPayload?: (Uint8Array|null);

            /** SwarmEvent tenantId. */
            tenantId: string;

            /** SwarmEvent userId. */
            userId: string;

            /** SwarmEvent isEncrypted. */
            isEncrypted: boolean;

            /** SwarmEvent projectId. */
            projectId: string;

            /** SwarmEvent branch. */
            branch: string;

            /** SwarmEvent parentEventId. */
            parentEventId: string;

            /** SwarmEvent sequence. */
            sequence: (number|Long);

            /** SwarmEvent attributes. */
            attributes: { [k: string]: string };

            /** SwarmEvent clockOffsetUs. */
            clockOffsetUs?: (number|Long|null);

            /** SwarmEvent payload. */
            payload?: ("decision"|"stateChange"|"systemSignal"|"conflict"|"contentChunk"|"encryptedPayload");

            /**
             * Encodes the specified SwarmEvent message. Does not implicitly {@link swarmledger.v1.SwarmEvent.verify|verify} messages.
             * @param message SwarmEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.SwarmEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SwarmEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.SwarmEvent & swarmledger.v1.SwarmEvent.$Shape} SwarmEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.SwarmEvent & swarmledger.v1.SwarmEvent.$Shape;

            /**
             * Creates a SwarmEvent message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns SwarmEvent
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.SwarmEvent;

            /**
             * Creates a plain object from a SwarmEvent message. Also converts values to other types if specified.
             * @param message SwarmEvent
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.SwarmEvent, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this SwarmEvent to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for SwarmEvent
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace SwarmEvent {

            /** Properties of a SwarmEvent. */
            interface $Properties {

                /** SwarmEvent eventId */
                eventId?: (string|null);

                /** SwarmEvent timestamp */
                timestamp?: (google.protobuf.Timestamp.$Properties|null);

                /** SwarmEvent traceId */
                traceId?: (string|null);

                /** SwarmEvent spanId */
                spanId?: (string|null);

                /** SwarmEvent agentRole */
                agentRole?: (swarmledger.v1.AgentRole|null);

                /** SwarmEvent agentId */
                agentId?: (string|null);

                /** SwarmEvent decision */
                decision?: (swarmledger.v1.Decision.$Properties|null);

                /** SwarmEvent stateChange */
                stateChange?: (swarmledger.v1.StateChange.$Properties|null);

                /** SwarmEvent systemSignal */
                systemSignal?: (swarmledger.v1.SystemSignal.$Properties|null);

                /** SwarmEvent conflict */
                conflict?: (swarmledger.v1.Conflict.$Properties|null);

                /** SwarmEvent contentChunk */
                contentChunk?: (swarmledger.v1.ContentChunk.$Properties|null);

                /** SwarmEvent encryptedPayload */
                encryptedPayload?: (Uint8Array|null);

                /** SwarmEvent tenantId */
                tenantId?: (string|null);

                /** SwarmEvent userId */
                userId?: (string|null);

                /** SwarmEvent isEncrypted */
                isEncrypted?: (boolean|null);

                /** SwarmEvent projectId */
                projectId?: (string|null);

                /** SwarmEvent branch */
                branch?: (string|null);

                /** SwarmEvent parentEventId */
                parentEventId?: (string|null);

                /** SwarmEvent sequence */
                sequence?: (number|Long|null);

                /** SwarmEvent attributes */
                attributes?: ({ [k: string]: string }|null);

                /** SwarmEvent clockOffsetUs */
                clockOffsetUs?: (number|Long|null);

                /** SwarmEvent payload */
                payload?: ("decision"|"stateChange"|"systemSignal"|"conflict"|"contentChunk"|"encryptedPayload");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a SwarmEvent. */
            type $Shape = {
              eventId?: string|null;
              timestamp?: google.protobuf.Timestamp.$Shape|null;
              traceId?: string|null;
              spanId?: string|null;
              agentRole?: swarmledger.v1.AgentRole|null;
              agentId?: string|null;
              decision?: swarmledger.v1.Decision.$Shape|null;
              stateChange?: swarmledger.v1.StateChange.$Shape|null;
              systemSignal?: swarmledger.v1.SystemSignal.$Shape|null;
              conflict?: swarmledger.v1.Conflict.$Shape|null;
              contentChunk?: swarmledger.v1.ContentChunk.$Shape|null;
              encryptedPayload?: Uint8Array|null;
              tenantId?: string|null;
              userId?: string|null;
              isEncrypted?: boolean|null;
              projectId?: string|null;
              branch?: string|null;
              parentEventId?: string|null;
              sequence?: number|Long|null;
              attributes?: { [k: string]: string }|null;
              clockOffsetUs?: number|Long|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ payload?: undefined; decision?: null; stateChange?: null; systemSignal?: null; conflict?: null; contentChunk?: null; encryptedPayload?: null }|{ payload?: "decision"; decision: swarmledger.v1.Decision.$Shape; stateChange?: null; systemSignal?: null; conflict?: null; contentChunk?: null; encryptedPayload?: null }|{ payload?: "stateChange"; decision?: null; stateChange: swarmledger.v1.StateChange.$Shape; systemSignal?: null; conflict?: null; contentChunk?: null; encryptedPayload?: null }|{ payload?: "systemSignal"; decision?: null; stateChange?: null; systemSignal: swarmledger.v1.SystemSignal.$Shape; conflict?: null; contentChunk?: null; encryptedPayload?: null }|{ payload?: "conflict"; decision?: null; stateChange?: null; systemSignal?: null; conflict: swarmledger.v1.Conflict.$Shape; contentChunk?: null; encryptedPayload?: null }|{ payload?: "contentChunk"; decision?: null; stateChange?: null; systemSignal?: null; conflict?: null; contentChunk: swarmledger.v1.ContentChunk.$Shape; encryptedPayload?: null }|{ payload?: "encryptedPayload"; decision?: null; stateChange?: null; systemSignal?: null; conflict?: null; contentChunk?: null; encryptedPayload: Uint8Array })
            );
        }

        /** AgentRole enum. */
        enum AgentRole {

            /** AGENT_ROLE_UNSPECIFIED value */
            AGENT_ROLE_UNSPECIFIED = 0,

            /** AGENT_ROLE_ORCHESTRATOR value */
            AGENT_ROLE_ORCHESTRATOR = 1,

            /** AGENT_ROLE_PLANNER value */
            AGENT_ROLE_PLANNER = 2,

            /** AGENT_ROLE_CODER value */
            AGENT_ROLE_CODER = 3,

            /** AGENT_ROLE_REVIEWER value */
            AGENT_ROLE_REVIEWER = 4,

            /** AGENT_ROLE_TESTER value */
            AGENT_ROLE_TESTER = 5,

            /** AGENT_ROLE_RESEARCHER value */
            AGENT_ROLE_RESEARCHER = 6,

            /** AGENT_ROLE_OPERATOR value */
            AGENT_ROLE_OPERATOR = 7,

            /** AGENT_ROLE_HUMAN value */
            AGENT_ROLE_HUMAN = 8
        }

        /**
         * Properties of a Decision.
         * @deprecated Use swarmledger.v1.Decision.$Properties instead.
         */
        interface IDecision extends swarmledger.v1.Decision.$Properties {
        }

        /** Represents a Decision. */
        class Decision {

            /**
             * Constructs a new Decision.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.Decision.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Decision rationale. */
            rationale: string;

            /** Decision confidenceScore. */
            confidenceScore?: (number|null);

            /** Decision alternatives. */
            alternatives: string[];

            /** Decision model. */
            model: string;

            /** Decision inputTokens. */
            inputTokens: (number|Long);

            /** Decision outputTokens. */
            outputTokens: (number|Long);

            /** Decision costUsd. */
            costUsd: number;

            /** Decision title. */
            title: string;

            /**
             * Encodes the specified Decision message. Does not implicitly {@link swarmledger.v1.Decision.verify|verify} messages.
             * @param message Decision message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.Decision.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Decision message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.Decision & swarmledger.v1.Decision.$Shape} Decision
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.Decision & swarmledger.v1.Decision.$Shape;

            /**
             * Creates a Decision message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Decision
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.Decision;

            /**
             * Creates a plain object from a Decision message. Also converts values to other types if specified.
             * @param message Decision
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.Decision, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Decision to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Decision
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Decision {

            /** Properties of a Decision. */
            interface $Properties {

                /** Decision rationale */
                rationale?: (string|null);

                /** Decision confidenceScore */
                confidenceScore?: (number|null);

                /** Decision alternatives */
                alternatives?: (string[]|null);

                /** Decision model */
                model?: (string|null);

                /** Decision inputTokens */
                inputTokens?: (number|Long|null);

                /** Decision outputTokens */
                outputTokens?: (number|Long|null);

                /** Decision costUsd */
                costUsd?: (number|null);

                /** Decision title */
                title?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Decision. */
            type $Shape = swarmledger.v1.Decision.$Properties;
        }

        /** ChangeAction enum. */
        enum ChangeAction {

            /** CHANGE_ACTION_UNSPECIFIED value */
            CHANGE_ACTION_UNSPECIFIED = 0,

            /** CHANGE_ACTION_CREATE value */
            CHANGE_ACTION_CREATE = 1,

            /** CHANGE_ACTION_UPDATE value */
            CHANGE_ACTION_UPDATE = 2,

            /** CHANGE_ACTION_DELETE value */
            CHANGE_ACTION_DELETE = 3,

            /** CHANGE_ACTION_RENAME value */
            CHANGE_ACTION_RENAME = 4
        }

        /**
         * Properties of a StateChange.
         * @deprecated Use swarmledger.v1.StateChange.$Properties instead.
         */
        interface IStateChange extends swarmledger.v1.StateChange.$Properties {
        }

        /** Represents a StateChange. */
        class StateChange {

            /**
             * Constructs a new StateChange.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.StateChange.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** StateChange targetResource. */
            targetResource: string;

            /** StateChange action. */
            action: swarmledger.v1.ChangeAction;

            /** StateChange content. */
            content?: (Uint8Array|null);

            /** StateChange unifiedDiff. */
            unifiedDiff?: (string|null);

            /** StateChange contentSha256. */
            contentSha256?: (Uint8Array|null);

            /** StateChange mode. */
            mode: number;

            /** StateChange previousPath. */
            previousPath: string;

            /** StateChange baseSha256. */
            baseSha256: Uint8Array;

            /** StateChange contentBytes. */
            contentBytes: (number|Long);

            /** StateChange mergedEventIds. */
            mergedEventIds: string[];

            /** StateChange body. */
            body?: ("content"|"unifiedDiff"|"contentSha256");

            /**
             * Encodes the specified StateChange message. Does not implicitly {@link swarmledger.v1.StateChange.verify|verify} messages.
             * @param message StateChange message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.StateChange.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StateChange message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.StateChange & swarmledger.v1.StateChange.$Shape} StateChange
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.StateChange & swarmledger.v1.StateChange.$Shape;

            /**
             * Creates a StateChange message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns StateChange
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.StateChange;

            /**
             * Creates a plain object from a StateChange message. Also converts values to other types if specified.
             * @param message StateChange
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.StateChange, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this StateChange to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for StateChange
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace StateChange {

            /** Properties of a StateChange. */
            interface $Properties {

                /** StateChange targetResource */
                targetResource?: (string|null);

                /** StateChange action */
                action?: (swarmledger.v1.ChangeAction|null);

                /** StateChange content */
                content?: (Uint8Array|null);

                /** StateChange unifiedDiff */
                unifiedDiff?: (string|null);

                /** StateChange contentSha256 */
                contentSha256?: (Uint8Array|null);

                /** StateChange mode */
                mode?: (number|null);

                /** StateChange previousPath */
                previousPath?: (string|null);

                /** StateChange baseSha256 */
                baseSha256?: (Uint8Array|null);

                /** StateChange contentBytes */
                contentBytes?: (number|Long|null);

                /** StateChange mergedEventIds */
                mergedEventIds?: (string[]|null);

                /** StateChange body */
                body?: ("content"|"unifiedDiff"|"contentSha256");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a StateChange. */
            type $Shape = {
              targetResource?: string|null;
              action?: swarmledger.v1.ChangeAction|null;
              content?: Uint8Array|null;
              unifiedDiff?: string|null;
              contentSha256?: Uint8Array|null;
              mode?: number|null;
              previousPath?: string|null;
              baseSha256?: Uint8Array|null;
              contentBytes?: number|Long|null;
              mergedEventIds?: string[]|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ body?: undefined; content?: null; unifiedDiff?: null; contentSha256?: null }|{ body?: "content"; content: Uint8Array; unifiedDiff?: null; contentSha256?: null }|{ body?: "unifiedDiff"; content?: null; unifiedDiff: string; contentSha256?: null }|{ body?: "contentSha256"; content?: null; unifiedDiff?: null; contentSha256: Uint8Array })
            );
        }

        /** Severity enum. */
        enum Severity {

            /** SEVERITY_UNSPECIFIED value */
            SEVERITY_UNSPECIFIED = 0,

            /** SEVERITY_DEBUG value */
            SEVERITY_DEBUG = 1,

            /** SEVERITY_INFO value */
            SEVERITY_INFO = 2,

            /** SEVERITY_WARNING value */
            SEVERITY_WARNING = 3,

            /** SEVERITY_ERROR value */
            SEVERITY_ERROR = 4,

            /** SEVERITY_CRITICAL value */
            SEVERITY_CRITICAL = 5
        }

        /**
         * Properties of a SystemSignal.
         * @deprecated Use swarmledger.v1.SystemSignal.$Properties instead.
         */
        interface ISystemSignal extends swarmledger.v1.SystemSignal.$Properties {
        }

        /** Represents a SystemSignal. */
        class SystemSignal {

            /**
             * Constructs a new SystemSignal.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.SystemSignal.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SystemSignal kind. */
            kind: string;

            /** SystemSignal severity. */
            severity: swarmledger.v1.Severity;

            /** SystemSignal message. */
            message: string;

            /** SystemSignal data. */
            data: string;

            /**
             * Encodes the specified SystemSignal message. Does not implicitly {@link swarmledger.v1.SystemSignal.verify|verify} messages.
             * @param message SystemSignal message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.SystemSignal.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SystemSignal message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.SystemSignal & swarmledger.v1.SystemSignal.$Shape} SystemSignal
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.SystemSignal & swarmledger.v1.SystemSignal.$Shape;

            /**
             * Creates a SystemSignal message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns SystemSignal
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.SystemSignal;

            /**
             * Creates a plain object from a SystemSignal message. Also converts values to other types if specified.
             * @param message SystemSignal
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.SystemSignal, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this SystemSignal to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for SystemSignal
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace SystemSignal {

            /** Properties of a SystemSignal. */
            interface $Properties {

                /** SystemSignal kind */
                kind?: (string|null);

                /** SystemSignal severity */
                severity?: (swarmledger.v1.Severity|null);

                /** SystemSignal message */
                message?: (string|null);

                /** SystemSignal data */
                data?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SystemSignal. */
            type $Shape = swarmledger.v1.SystemSignal.$Properties;
        }

        /**
         * Properties of a Conflict.
         * @deprecated Use swarmledger.v1.Conflict.$Properties instead.
         */
        interface IConflict extends swarmledger.v1.Conflict.$Properties {
        }

        /** Represents a Conflict. */
        class Conflict {

            /**
             * Constructs a new Conflict.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.Conflict.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Conflict path. */
            path: string;

            /** Conflict eventId. */
            eventId: string;

            /** Conflict otherEventId. */
            otherEventId: string;

            /** Conflict expectedSha256. */
            expectedSha256: Uint8Array;

            /** Conflict actualSha256. */
            actualSha256: Uint8Array;

            /** Conflict reason. */
            reason: string;

            /**
             * Encodes the specified Conflict message. Does not implicitly {@link swarmledger.v1.Conflict.verify|verify} messages.
             * @param message Conflict message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.Conflict.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Conflict message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.Conflict & swarmledger.v1.Conflict.$Shape} Conflict
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.Conflict & swarmledger.v1.Conflict.$Shape;

            /**
             * Creates a Conflict message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Conflict
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.Conflict;

            /**
             * Creates a plain object from a Conflict message. Also converts values to other types if specified.
             * @param message Conflict
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.Conflict, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Conflict to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Conflict
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Conflict {

            /** Properties of a Conflict. */
            interface $Properties {

                /** Conflict path */
                path?: (string|null);

                /** Conflict eventId */
                eventId?: (string|null);

                /** Conflict otherEventId */
                otherEventId?: (string|null);

                /** Conflict expectedSha256 */
                expectedSha256?: (Uint8Array|null);

                /** Conflict actualSha256 */
                actualSha256?: (Uint8Array|null);

                /** Conflict reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Conflict. */
            type $Shape = swarmledger.v1.Conflict.$Properties;
        }

        /**
         * Properties of a ContentChunk.
         * @deprecated Use swarmledger.v1.ContentChunk.$Properties instead.
         */
        interface IContentChunk extends swarmledger.v1.ContentChunk.$Properties {
        }

        /** Represents a ContentChunk. */
        class ContentChunk {

            /**
             * Constructs a new ContentChunk.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.ContentChunk.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ContentChunk contentSha256. */
            contentSha256: Uint8Array;

            /** ContentChunk offset. */
            offset: (number|Long);

            /** ContentChunk totalBytes. */
            totalBytes: (number|Long);

            /** ContentChunk data. */
            data: Uint8Array;

            /**
             * Encodes the specified ContentChunk message. Does not implicitly {@link swarmledger.v1.ContentChunk.verify|verify} messages.
             * @param message ContentChunk message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.ContentChunk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ContentChunk message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.ContentChunk & swarmledger.v1.ContentChunk.$Shape} ContentChunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.ContentChunk & swarmledger.v1.ContentChunk.$Shape;

            /**
             * Creates a ContentChunk message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ContentChunk
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.ContentChunk;

            /**
             * Creates a plain object from a ContentChunk message. Also converts values to other types if specified.
             * @param message ContentChunk
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.ContentChunk, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ContentChunk to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for ContentChunk
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace ContentChunk {

            /** Properties of a ContentChunk. */
            interface $Properties {

                /** ContentChunk contentSha256 */
                contentSha256?: (Uint8Array|null);

                /** ContentChunk offset */
                offset?: (number|Long|null);

                /** ContentChunk totalBytes */
                totalBytes?: (number|Long|null);

                /** ContentChunk data */
                data?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ContentChunk. */
            type $Shape = swarmledger.v1.ContentChunk.$Properties;
        }

        /** Compression enum. */
        enum Compression {

            /** COMPRESSION_UNSPECIFIED value */
            COMPRESSION_UNSPECIFIED = 0,

            /** COMPRESSION_GZIP value */
            COMPRESSION_GZIP = 1
        }

        /**
         * Properties of a SwarmEventBatch.
         * @deprecated Use swarmledger.v1.SwarmEventBatch.$Properties instead.
         */
        interface ISwarmEventBatch extends swarmledger.v1.SwarmEventBatch.$Properties {
        }

        /** Represents a SwarmEventBatch. */
        class SwarmEventBatch {

            /**
             * Constructs a new SwarmEventBatch.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.SwarmEventBatch.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SwarmEventBatch batchId. */
            batchId: string;

            /** SwarmEventBatch events. */
            events: swarmledger.v1.SwarmEvent.$Properties[];

            /** SwarmEventBatch compression. */
            compression: swarmledger.v1.Compression;

            /** SwarmEventBatch compressed. */
            compressed: Uint8Array;

            /**
             * Encodes the specified SwarmEventBatch message. Does not implicitly {@link swarmledger.v1.SwarmEventBatch.verify|verify} messages.
             * @param message SwarmEventBatch message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.SwarmEventBatch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SwarmEventBatch message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.SwarmEventBatch & swarmledger.v1.SwarmEventBatch.$Shape} SwarmEventBatch
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.SwarmEventBatch & swarmledger.v1.SwarmEventBatch.$Shape;

            /**
             * Creates a SwarmEventBatch message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns SwarmEventBatch
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.SwarmEventBatch;

            /**
             * Creates a plain object from a SwarmEventBatch message. Also converts values to other types if specified.
             * @param message SwarmEventBatch
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.SwarmEventBatch, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this SwarmEventBatch to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for SwarmEventBatch
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace SwarmEventBatch {

            /** Properties of a SwarmEventBatch. */
            interface $Properties {

                /** SwarmEventBatch batchId */
                batchId?: (string|null);

                /** SwarmEventBatch events */
                events?: (swarmledger.v1.SwarmEvent.$Properties[]|null);

                /** SwarmEventBatch compression */
                compression?: (swarmledger.v1.Compression|null);

                /** SwarmEventBatch compressed */
                compressed?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SwarmEventBatch. */
            type $Shape = {
              batchId?: string|null;
              events?: swarmledger.v1.SwarmEvent.$Shape[]|null;
              compression?: swarmledger.v1.Compression|null;
              compressed?: Uint8Array|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a HistoryRecord.
         * @deprecated Use swarmledger.v1.HistoryRecord.$Properties instead.
         */
        interface IHistoryRecord extends swarmledger.v1.HistoryRecord.$Properties {
        }

        /** Represents a HistoryRecord. */
        class HistoryRecord {

            /**
             * Constructs a new HistoryRecord.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.HistoryRecord.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HistoryRecord event. */
            event: Uint8Array;

            /** HistoryRecord commitTimeMs. */
            commitTimeMs: (number|Long);

            /** HistoryRecord overflowSha256. */
            overflowSha256: Uint8Array;

            /**
             * Encodes the specified HistoryRecord message. Does not implicitly {@link swarmledger.v1.HistoryRecord.verify|verify} messages.
             * @param message HistoryRecord message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.HistoryRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HistoryRecord message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.HistoryRecord & swarmledger.v1.HistoryRecord.$Shape} HistoryRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.HistoryRecord & swarmledger.v1.HistoryRecord.$Shape;

            /**
             * Creates a HistoryRecord message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns HistoryRecord
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.HistoryRecord;

            /**
             * Creates a plain object from a HistoryRecord message. Also converts values to other types if specified.
             * @param message HistoryRecord
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.HistoryRecord, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this HistoryRecord to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for HistoryRecord
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace HistoryRecord {

            /** Properties of a HistoryRecord. */
            interface $Properties {

                /** HistoryRecord event */
                event?: (Uint8Array|null);

                /** HistoryRecord commitTimeMs */
                commitTimeMs?: (number|Long|null);

                /** HistoryRecord overflowSha256 */
                overflowSha256?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HistoryRecord. */
            type $Shape = swarmledger.v1.HistoryRecord.$Properties;
        }

        /**
         * Properties of a PathRecord.
         * @deprecated Use swarmledger.v1.PathRecord.$Properties instead.
         */
        interface IPathRecord extends swarmledger.v1.PathRecord.$Properties {
        }

        /** Represents a PathRecord. */
        class PathRecord {

            /**
             * Constructs a new PathRecord.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.PathRecord.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PathRecord exists. */
            exists: boolean;

            /** PathRecord contentSha256. */
            contentSha256: Uint8Array;

            /** PathRecord contentBytes. */
            contentBytes: (number|Long);

            /** PathRecord mode. */
            mode: number;

            /** PathRecord eventId. */
            eventId: string;

            /** PathRecord parentEventId. */
            parentEventId: string;

            /**
             * Encodes the specified PathRecord message. Does not implicitly {@link swarmledger.v1.PathRecord.verify|verify} messages.
             * @param message PathRecord message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.PathRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PathRecord message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.PathRecord & swarmledger.v1.PathRecord.$Shape} PathRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.PathRecord & swarmledger.v1.PathRecord.$Shape;

            /**
             * Creates a PathRecord message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns PathRecord
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.PathRecord;

            /**
             * Creates a plain object from a PathRecord message. Also converts values to other types if specified.
             * @param message PathRecord
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.PathRecord, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this PathRecord to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for PathRecord
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace PathRecord {

            /** Properties of a PathRecord. */
            interface $Properties {

                /** PathRecord exists */
                exists?: (boolean|null);

                /** PathRecord contentSha256 */
                contentSha256?: (Uint8Array|null);

                /** PathRecord contentBytes */
                contentBytes?: (number|Long|null);

                /** PathRecord mode */
                mode?: (number|null);

                /** PathRecord eventId */
                eventId?: (string|null);

                /** PathRecord parentEventId */
                parentEventId?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PathRecord. */
            type $Shape = swarmledger.v1.PathRecord.$Properties;
        }

        /**
         * Properties of a FeedRecord.
         * @deprecated Use swarmledger.v1.FeedRecord.$Properties instead.
         */
        interface IFeedRecord extends swarmledger.v1.FeedRecord.$Properties {
        }

        /** Represents a FeedRecord. */
        class FeedRecord {

            /**
             * Constructs a new FeedRecord.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.FeedRecord.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FeedRecord spans. */
            spans: swarmledger.v1.FeedRecord.Span.$Properties[];

            /** FeedRecord commitTimeMs. */
            commitTimeMs: (number|Long);

            /** FeedRecord events. */
            events: number;

            /** FeedRecord bytes. */
            bytes: (number|Long);

            /**
             * Encodes the specified FeedRecord message. Does not implicitly {@link swarmledger.v1.FeedRecord.verify|verify} messages.
             * @param message FeedRecord message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.FeedRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FeedRecord message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.FeedRecord & swarmledger.v1.FeedRecord.$Shape} FeedRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.FeedRecord & swarmledger.v1.FeedRecord.$Shape;

            /**
             * Creates a FeedRecord message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns FeedRecord
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.FeedRecord;

            /**
             * Creates a plain object from a FeedRecord message. Also converts values to other types if specified.
             * @param message FeedRecord
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.FeedRecord, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this FeedRecord to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for FeedRecord
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace FeedRecord {

            /** Properties of a FeedRecord. */
            interface $Properties {

                /** FeedRecord spans */
                spans?: (swarmledger.v1.FeedRecord.Span.$Properties[]|null);

                /** FeedRecord commitTimeMs */
                commitTimeMs?: (number|Long|null);

                /** FeedRecord events */
                events?: (number|null);

                /** FeedRecord bytes */
                bytes?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FeedRecord. */
            type $Shape = swarmledger.v1.FeedRecord.$Properties;

            /**
             * Properties of a Span.
             * @deprecated Use swarmledger.v1.FeedRecord.Span.$Properties instead.
             */
            interface ISpan extends swarmledger.v1.FeedRecord.Span.$Properties {
            }

            /** Represents a Span. */
            class Span {

                /**
                 * Constructs a new Span.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: swarmledger.v1.FeedRecord.Span.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Span tenantId. */
                tenantId: string;

                /** Span projectId. */
                projectId: string;

                /** Span branch. */
                branch: string;

                /** Span firstOrder. */
                firstOrder: number;

                /** Span lastOrder. */
                lastOrder: number;

                /**
                 * Encodes the specified Span message. Does not implicitly {@link swarmledger.v1.FeedRecord.Span.verify|verify} messages.
                 * @param message Span message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: swarmledger.v1.FeedRecord.Span.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Span message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {swarmledger.v1.FeedRecord.Span & swarmledger.v1.FeedRecord.Span.$Shape} Span
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.FeedRecord.Span & swarmledger.v1.FeedRecord.Span.$Shape;

                /**
                 * Creates a Span message from a plain object. Also converts values to their respective internal types.
                 * @param object Plain object
                 * @returns Span
                 */
                static fromObject(object: { [k: string]: any }): swarmledger.v1.FeedRecord.Span;

                /**
                 * Creates a plain object from a Span message. Also converts values to other types if specified.
                 * @param message Span
                 * @param [options] Conversion options
                 * @returns Plain object
                 */
                static toObject(message: swarmledger.v1.FeedRecord.Span, options?: $protobuf.IConversionOptions): { [k: string]: any };

                /**
                 * Converts this Span to JSON.
                 * @returns JSON object
                 */
                toJSON(): { [k: string]: any };

                /**
                 * Gets the type url for Span
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Span {

                /** Properties of a Span. */
                interface $Properties {

                    /** Span tenantId */
                    tenantId?: (string|null);

                    /** Span projectId */
                    projectId?: (string|null);

                    /** Span branch */
                    branch?: (string|null);

                    /** Span firstOrder */
                    firstOrder?: (number|null);

                    /** Span lastOrder */
                    lastOrder?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Span. */
                type $Shape = swarmledger.v1.FeedRecord.Span.$Properties;
            }
        }

        /**
         * Properties of a Receipt.
         * @deprecated Use swarmledger.v1.Receipt.$Properties instead.
         */
        interface IReceipt extends swarmledger.v1.Receipt.$Properties {
        }

        /** Represents a Receipt. */
        class Receipt {

            /**
             * Constructs a new Receipt.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.Receipt.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Receipt eventId. */
            eventId: string;

            /** Receipt version. */
            version: Uint8Array;

            /** Receipt duplicate. */
            duplicate: boolean;

            /** Receipt rejected. */
            rejected: string;

            /** Receipt messageId. */
            messageId: string;

            /**
             * Encodes the specified Receipt message. Does not implicitly {@link swarmledger.v1.Receipt.verify|verify} messages.
             * @param message Receipt message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.Receipt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Receipt message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.Receipt & swarmledger.v1.Receipt.$Shape} Receipt
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.Receipt & swarmledger.v1.Receipt.$Shape;

            /**
             * Creates a Receipt message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Receipt
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.Receipt;

            /**
             * Creates a plain object from a Receipt message. Also converts values to other types if specified.
             * @param message Receipt
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.Receipt, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Receipt to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Receipt
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Receipt {

            /** Properties of a Receipt. */
            interface $Properties {

                /** Receipt eventId */
                eventId?: (string|null);

                /** Receipt version */
                version?: (Uint8Array|null);

                /** Receipt duplicate */
                duplicate?: (boolean|null);

                /** Receipt rejected */
                rejected?: (string|null);

                /** Receipt messageId */
                messageId?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Receipt. */
            type $Shape = swarmledger.v1.Receipt.$Properties;
        }

        /**
         * Properties of a Receipts.
         * @deprecated Use swarmledger.v1.Receipts.$Properties instead.
         */
        interface IReceipts extends swarmledger.v1.Receipts.$Properties {
        }

        /** Represents a Receipts. */
        class Receipts {

            /**
             * Constructs a new Receipts.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.Receipts.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Receipts receipts. */
            receipts: swarmledger.v1.Receipt.$Properties[];

            /** Receipts hubTimeUs. */
            hubTimeUs: (number|Long);

            /**
             * Encodes the specified Receipts message. Does not implicitly {@link swarmledger.v1.Receipts.verify|verify} messages.
             * @param message Receipts message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.Receipts.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Receipts message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.Receipts & swarmledger.v1.Receipts.$Shape} Receipts
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.Receipts & swarmledger.v1.Receipts.$Shape;

            /**
             * Creates a Receipts message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Receipts
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.Receipts;

            /**
             * Creates a plain object from a Receipts message. Also converts values to other types if specified.
             * @param message Receipts
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.Receipts, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Receipts to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Receipts
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Receipts {

            /** Properties of a Receipts. */
            interface $Properties {

                /** Receipts receipts */
                receipts?: (swarmledger.v1.Receipt.$Properties[]|null);

                /** Receipts hubTimeUs */
                hubTimeUs?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Receipts. */
            type $Shape = swarmledger.v1.Receipts.$Properties;
        }

        /**
         * Properties of a ReceiptQuery.
         * @deprecated Use swarmledger.v1.ReceiptQuery.$Properties instead.
         */
        interface IReceiptQuery extends swarmledger.v1.ReceiptQuery.$Properties {
        }

        /** Represents a ReceiptQuery. */
        class ReceiptQuery {

            /**
             * Constructs a new ReceiptQuery.
             * @param [properties] Properties to set
             */
            constructor(properties?: swarmledger.v1.ReceiptQuery.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ReceiptQuery eventIds. */
            eventIds: string[];

            /**
             * Encodes the specified ReceiptQuery message. Does not implicitly {@link swarmledger.v1.ReceiptQuery.verify|verify} messages.
             * @param message ReceiptQuery message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: swarmledger.v1.ReceiptQuery.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ReceiptQuery message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {swarmledger.v1.ReceiptQuery & swarmledger.v1.ReceiptQuery.$Shape} ReceiptQuery
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): swarmledger.v1.ReceiptQuery & swarmledger.v1.ReceiptQuery.$Shape;

            /**
             * Creates a ReceiptQuery message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ReceiptQuery
             */
            static fromObject(object: { [k: string]: any }): swarmledger.v1.ReceiptQuery;

            /**
             * Creates a plain object from a ReceiptQuery message. Also converts values to other types if specified.
             * @param message ReceiptQuery
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: swarmledger.v1.ReceiptQuery, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ReceiptQuery to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for ReceiptQuery
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace ReceiptQuery {

            /** Properties of a ReceiptQuery. */
            interface $Properties {

                /** ReceiptQuery eventIds */
                eventIds?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ReceiptQuery. */
            type $Shape = swarmledger.v1.ReceiptQuery.$Properties;
        }
    }
}

/** Namespace google. */
export namespace google {

    /** Namespace protobuf. */
    namespace protobuf {

        /**
         * Properties of a Timestamp.
         * @deprecated Use google.protobuf.Timestamp.$Properties instead.
         */
        interface ITimestamp extends google.protobuf.Timestamp.$Properties {
        }

        /** Represents a Timestamp. */
        class Timestamp {

            /**
             * Constructs a new Timestamp.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.Timestamp.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Timestamp seconds. */
            seconds: (number|Long);

            /** Timestamp nanos. */
            nanos: number;

            /**
             * Encodes the specified Timestamp message. Does not implicitly {@link google.protobuf.Timestamp.verify|verify} messages.
             * @param message Timestamp message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.protobuf.Timestamp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Timestamp message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.protobuf.Timestamp & google.protobuf.Timestamp.$Shape} Timestamp
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.Timestamp & google.protobuf.Timestamp.$Shape;

            /**
             * Creates a Timestamp message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Timestamp
             */
            static fromObject(object: { [k: string]: any }): google.protobuf.Timestamp;

            /**
             * Creates a plain object from a Timestamp message. Also converts values to other types if specified.
             * @param message Timestamp
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: google.protobuf.Timestamp, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Timestamp to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Timestamp
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Timestamp {

            /** Properties of a Timestamp. */
            interface $Properties {

                /** Timestamp seconds */
                seconds?: (number|Long|null);

                /** Timestamp nanos */
                nanos?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Timestamp. */
            type $Shape = google.protobuf.Timestamp.$Properties;
        }
    }
}
