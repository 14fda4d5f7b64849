// Tokens as front ends with their own login make them: tokens.mjs SECRET CLAIMS prints, one a line,
// that of jose and that of jsonwebtoken.
import { SignJWT } from "jose";
import jsonwebtoken from "jsonwebtoken";

const [secret, text] = process.argv.slice(2);
const claims = JSON.parse(text);

console.log(await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret)));
console.log(jsonwebtoken.sign(claims, secret, { algorithm: "HS256", noTimestamp: true }));
