'use strict';
// The native part of this platform, beside this file.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

function libc() {
  if (process.platform !== 'linux') return '';
  const { glibcVersionRuntime } = process.report.getReport().header;
  return glibcVersionRuntime ? '-gnu' : '-musl';
}

const name = `sutler.${process.platform}-${process.arch}${libc()}.node`;
const path = join(__dirname, name);
if (!existsSync(path)) {
  throw new Error(`${name} is not part of this package; a build for ${process.platform} ${process.arch} is right`);
}
module.exports = require(path);
