// What @xapi/cmi5 (1.4.0) needs of a browser: as much of XMLHttpRequest as its axios calls.

globalThis.XMLHttpRequest = class {
  #request;
  #headers = {};
  #answer = { headers: new Headers(), status: 0, statusText: "" };
  #aborted = new AbortController();

  open(method, url) {
    this.#request = { method, url };
  }

  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }

  getAllResponseHeaders() {
    return [...this.#answer.headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  }

  abort() {
    this.#aborted.abort();
  }

  async send(body) {
    const { method, url } = this.#request;
    try {
      this.#answer = await fetch(url, { method, body, headers: this.#headers, signal: this.#aborted.signal });
      this.responseURL = this.#answer.url;
      this.responseText = this.response = await this.#answer.text();
    } catch (error) {
      this.onerror?.(error);
      return;
    }
    this.onloadend?.();
  }

  get status() {
    return this.#answer.status;
  }

  get statusText() {
    return this.#answer.statusText;
  }

  // It is there, so that nobody asks for the state of things before the end.
  onloadend = null;
};
