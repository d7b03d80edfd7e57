import sutler from './index.js';

export const {
  Amazon, Ebay, Engine, LocalChannel, Sandbox, SutlerError, Walmart, decide, normalize, sandbox,
} = sutler;
export default sutler;
