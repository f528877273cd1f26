export { encryptionLimits } from './limits.ts';
export {
  createDataKeys,
  dataKeysToJson,
  parseDataKeys,
  type DataKey,
  type DataKeys,
  type DataKeySource,
} from './data-keys.ts';
export { openPayload, sealPayload } from './payload-cipher.ts';
export {
  createKeyWrapper,
  createMasterKey,
  ensureMasterKeyFile,
  readMasterKeyFile,
  type KeyWrapper,
  type WrappedKey,
} from './key-wrapper.ts';
