// Socket.IO: what anybody says, everybody hears. Prints its port.
const { createServer } = require('node:http')
const { Server } = require('socket.io')

const http = createServer()
const io = new Server(http, { transports: ['websocket'], pingInterval: 600_000 })
io.on('connection', (socket) => {
  socket.on('say', (said) => io.emit('say', said))
})
http.listen(0, '127.0.0.1', 4096, () => console.log(http.address().port))
