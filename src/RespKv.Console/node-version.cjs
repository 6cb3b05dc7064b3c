// Exit code 0: this Node.js is new enough for the build, as "engines" in package.json says.
const [major, minor] = process.versions.node.split('.').map(Number);
process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1);
