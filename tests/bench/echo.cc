// The least that an HTTP server does: reads a request from a unix socket, and answers it with its own body. What the
// machine and the load generator allow, for the agent's figures to be compared with.
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <iostream>
#include <memory>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Local = asio::local::stream_protocol;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(Local::socket socket) : socket_(std::move(socket)) {}

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    response_ = {http::status::ok, 11};
    response_.body() = std::move(request_.body());
    response_.prepare_payload();
    http::async_write(socket_, response_,
                      [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                        if (!error) self->read();
                      });
  }

  Local::socket socket_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

void accept(Local::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](const boost::system::error_code& error, Local::socket socket) {
    if (error) return;
    std::make_shared<Connection>(std::move(socket))->read();
    accept(acceptor);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " SOCKET\n";
    return 2;
  }
  unlink(argv[1]);
  asio::io_context io(1);
  Local::acceptor acceptor(io, Local::endpoint(argv[1]));
  accept(acceptor);
  io.run();
}
