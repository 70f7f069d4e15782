// SPDX-License-Identifier: MIT
// How Node's parser frames each input; protocol and lines as of framing.cpp. The parser is llhttp as http.Server sets it up,
// without the server around it. It is fed one byte at a time, so that a request's last byte is the one that brought it.
'use strict';
const { HTTPParser, methods, allMethods } = process.binding('http_parser');

function frame(input) {
    const messages = [];
    let request, end, keepAlive = true, tunnel = false;
    const parser = new HTTPParser();
    parser.initialize(HTTPParser.REQUEST, {});
    parser[HTTPParser.kOnMessageBegin | 0] = () => { request = { url: '', body: [] }; };
    // Part of a long head, or trailers: then the URL comes once more.
    parser[HTTPParser.kOnHeaders | 0] = (_fields, url) => { request.url += request.method === undefined ? url : ''; };
    parser[HTTPParser.kOnHeadersComplete | 0] = (_major, _minor, _fields, method, url, _status, _text, upgrade, keep) => {
        request.method = (allMethods || methods)[method];
        request.url += url || '';
        keepAlive = keep;
        // As http.Server without listeners for it: an upgrade is ignored, and CONNECT makes a tunnel.
        tunnel = upgrade && request.method === 'CONNECT';
        return tunnel ? 2 : 0;
    };
    parser[HTTPParser.kOnBody | 0] = (bytes) => { request.body.push(Buffer.from(bytes)); };
    parser[HTTPParser.kOnMessageComplete | 0] = () => {
        messages.push({
            method: request.method,
            target: Buffer.from(request.url, 'latin1').toString('hex'),
            body: Buffer.concat(request.body).toString('hex'),
            end: end,
        });
        request = undefined;
    };
    let outcome;
    for (end = 1; end <= input.length && outcome === undefined; ++end) {
        const result = parser.execute(input.subarray(end - 1, end));
        if (result instanceof Error) {
            outcome = `refused ${result.code}`;
        } else if (request === undefined && (tunnel || !keepAlive)) {
            outcome = messages.length > 0 ? 'closed' : undefined;
        }
    }
    parser.close();
    return { messages, end: outcome || (request === undefined ? 'open' : 'incomplete') };
}

let waiting = Buffer.alloc(0);
process.stdin.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32LE(0)) {
        const length = waiting.readUInt32LE(0);
        process.stdout.write(JSON.stringify(frame(waiting.subarray(4, 4 + length))) + '\n');
        waiting = waiting.subarray(4 + length);
    }
});
