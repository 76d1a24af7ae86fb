// The sandbox's control API. Nothing else is called by the page.

const BASE = new URL("sandbox/v1/", document.baseURI);

export class Refused extends Error {
  constructor(status, message, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

async function call(method, path, body) {
  const init = { method, headers: {} };
  if (body !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(new URL(path, BASE), init);
  } catch {
    throw new Refused(0, "The sandbox does not answer. Is it still running?");
  }
  const answer = parse(await response.text());
  if (!response.ok) throw new Refused(response.status, answer?.message ?? `The sandbox answered ${response.status}.`, answer);
  return answer;
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return { message: text.trim() };
  }
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const remove = (path, body) => call("DELETE", path, body);

export function query(path, values) {
  return `${path}?${new URLSearchParams(values)}`;
}

/** Live frames, reconnected with growing pauses; states: connecting, live, lost. */
export class Live {
  #socket;
  #timer;
  #pause = 300;
  #closed = true;

  constructor({ onframe, onstate }) {
    this.onframe = onframe;
    this.onstate = onstate;
  }

  connect(username) {
    this.close();
    this.#closed = false;
    this.#open(username);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #open(username) {
    const url = new URL(query("live", { as: username }), BASE);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#pause = 300;
      this.onstate("live");
    };
    socket.onmessage = (event) => this.onframe(JSON.parse(event.data));
    socket.onclose = () => {
      if (this.#closed || socket !== this.#socket) return;
      this.onstate("lost");
      this.#timer = setTimeout(() => this.#open(username), this.#pause);
      this.#pause = Math.min(this.#pause * 2, 5000);
    };
  }
}
