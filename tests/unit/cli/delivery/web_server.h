#pragma once
// A server of HTTP or HTTPS on 127.0.0.1, in a thread, which does what a test says with each connection.
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/text.h"

namespace kms::test {

class WebServer {
 public:
  using Heard = boost::beast::http::request<boost::beast::http::string_body>;
  // False when the client is gone.
  using Send = std::function<bool(std::string_view bytes)>;
  using Behaviour = std::function<void(const Send& send)>;  // once a request is there
  using Tls = boost::asio::ssl::context;

  explicit WebServer(Behaviour behaviour, Tls* tls = nullptr) : behaviour_(std::move(behaviour)), tls_(tls) {
    thread_ = std::thread([this] { serve(); });
  }
  ~WebServer() {
    shutdown(listener_.native_handle(), SHUT_RDWR);
    thread_.join();
  }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;
  WebServer(WebServer&&) = delete;
  WebServer& operator=(WebServer&&) = delete;

  std::string at(std::string_view path, std::string_view host = "127.0.0.1") const {
    return cat(tls_ == nullptr ? "http://" : "https://", host, ":", port(), path);
  }
  std::string port() const { return std::to_string(listener_.local_endpoint().port()); }
  std::vector<Heard> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  using Tcp = boost::asio::ip::tcp;
  using ErrorCodeOfBoost = boost::system::error_code;

  void serve() {
    while (true) {
      ErrorCodeOfBoost error;
      Tcp::socket socket(io_);
      listener_.accept(socket, error);
      if (error) return;
      if (tls_ == nullptr) {
        answer(socket);
        continue;
      }
      boost::asio::ssl::stream<Tcp::socket> stream(std::move(socket), *tls_);
      stream.handshake(boost::asio::ssl::stream_base::server, error);
      if (!error) answer(stream);
    }
  }

  template <class Stream>
  void answer(Stream& stream) {
    ErrorCodeOfBoost error;
    boost::beast::flat_buffer buffer;
    Heard request;
    boost::beast::http::read(stream, buffer, request, error);
    if (error) return;
    {
      const std::lock_guard lock(mutex_);
      heard_.push_back(std::move(request));
    }
    behaviour_([&](std::string_view bytes) {
      boost::asio::write(stream, boost::asio::buffer(bytes.data(), bytes.size()), error);
      return !error;
    });
  }

  const Behaviour behaviour_;
  Tls* const tls_;
  boost::asio::io_context io_{1};
  Tcp::acceptor listener_{io_, Tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0)};
  std::mutex mutex_;
  std::vector<Heard> heard_;
  std::thread thread_;
};

}  // namespace kms::test
