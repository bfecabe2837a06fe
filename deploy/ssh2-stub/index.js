// dockerode loads ssh2 for `ssh://` engines alone. Bramble talks to the engine of its own host over a unix socket, so the
// real package (a native compile and 5 MB of memory) is not installed; whoever asks for it is told so.
exports.Client = class Client {
  constructor() {
    throw new Error('Docker over ssh:// is not supported: give --docker-host a unix:// or tcp:// address');
  }
};
