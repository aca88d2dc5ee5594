// Whether a page's answer is the app's own. What a proxy says in its place (502, 503, 504, and the
// like) is none, nor is a server that still starts; a database that is away the app says itself.
const answered = ({ status, headers }) => status < 502 || headers.has("X-Waits-For");
