// Jest's TypeScript: the same type stripping that Node itself does, so tests run what `npm start` runs. Positions stay, no source map is needed.
import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

const emitWarning = process.emitWarning;
process.emitWarning = (warning, ...rest) =>
  /stripTypeScriptTypes/.test(String(warning)) ? undefined : emitWarning.call(process, warning, ...rest);

export default {
  getCacheKey: (source, file) => createHash('sha256').update(`${process.version}\0${file}\0${source}`).digest('hex'),
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
};
