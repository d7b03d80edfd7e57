import sutler from './index.js';

export const {
  Amazon, Ebay, Engine, LocalChannel, Sandbox, SutlerError, Walmart, decide, normalize, sandbox, testkit,
} = sutler;
export default sutler;
