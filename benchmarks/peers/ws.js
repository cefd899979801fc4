// ws: what anybody says, everybody hears. Prints its port.
const { WebSocketServer } = require('ws')

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, backlog: 4096, perMessageDeflate: false })
server.on('listening', () => console.log(server.address().port))
server.on('connection', (socket) => {
  socket.on('message', (said, binary) => {
    for (const each of server.clients) each.send(said, { binary })
  })
})
