#pragma once
// Connection over a stream of Asio: the unix socket, TCP, TLS over TCP.
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/read.hpp>
#include <optional>
#include <utility>

#include "cli/agent/connection.h"
#include "core/base/text.h"

namespace kms::agent {

// The head of a response, with the empty line that ends it.
std::string response_head(const Response& response, bool keep_alive);

template <class Stream>
class HttpConnection final : public Connection, public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  HttpConnection(Stream stream, Peer peer, Frontend& frontend, Defer defer, ConnectionLimits limits, Closed closed)
      : stream_(std::move(stream)),
        timer_(stream_.get_executor()),
        peer_(std::move(peer)),
        frontend_(frontend),
        defer_(std::move(defer)),
        limits_(limits),
        closed_(std::move(closed)) {}

  void start() override {
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->begin(); });
  }

  void check(SteadyTime now) override {
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this(), now] {
      if (now > self->deadline_) self->close();
    });
  }

  void finish() override {
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      self->last_ = true;
      if (self->idle_) self->close();
    });
  }

 private:
  using SteadyTime = Connection::SteadyTime;
  static constexpr bool kTls = !requires(Stream & stream) { stream.is_open(); };

  void begin() {
    if constexpr (kTls) {
      allow(limits_.reading);
      stream_.async_handshake(boost::asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](const boost::system::error_code& error) {
                                if (error) return self->close();
                                self->read();
                              });
    } else {
      read();
    }
  }

  void allow(std::chrono::seconds time) { deadline_ = std::chrono::steady_clock::now() + time; }

  // A request begins with the first byte that arrives; until then the connection is idle.
  void read() {
    if (last_) return close();
    parser_.emplace();
    parser_->header_limit(kHeaderLimit);
    parser_->body_limit(kBodyLimit);
    idle_ = buffer_.size() == 0;
    allow(idle_ ? limits_.idle : limits_.reading);
    http::async_read_some(stream_, buffer_, *parser_,
                          [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t) {
                            self->on_read(error);
                          });
  }

  void on_read(const boost::system::error_code& error) {
    if (error && error != http::error::need_more) return on_bad_request(error);
    if (parser_->is_done()) return on_request();
    if (idle_) allow(limits_.reading);
    idle_ = false;
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](const boost::system::error_code& failed, std::size_t) {
                       if (failed) return self->on_bad_request(failed);
                       self->on_request();
                     });
  }

  void on_bad_request(const boost::system::error_code& error) {
    const bool malformed = error.category() == http::make_error_code(http::error::bad_method).category() &&
                           error != http::error::end_of_stream && error != http::error::partial_message;
    if (!malformed) return close();
    last_ = true;
    Response response;
    response.status = error == http::error::body_limit ? 413 : error == http::error::header_limit ? 431 : 400;
    answer(std::move(response));
  }

  void on_request() {
    idle_ = false;
    deadline_ = SteadyTime::max();  // as long as the call takes
    keep_alive_ = parser_->get().keep_alive() && !last_;
    const auto self = this->shared_from_this();
    const Frontend::Respond respond{
        [self](Response response) { self->answer_later(std::move(response)); },
        [self](std::function<void()> work) { boost::asio::post(self->stream_.get_executor(), std::move(work)); },
        defer_};
    frontend_.handle(parser_->get(), peer_, respond);
  }

  void answer_later(Response response) {
    if (response.delay.count() == 0) return answer(std::move(response));
    timer_.expires_after(response.delay);
    timer_.async_wait([self = this->shared_from_this(), held = std::make_shared<Response>(std::move(response))](
                          const boost::system::error_code&) { self->answer(std::move(*held)); });
  }

  void answer(Response response) {
    response_ = std::move(response);
    keep_alive_ = keep_alive_ && !last_;
    head_ = response_head(response_, keep_alive_);
    allow(limits_.writing);
    const std::array<boost::asio::const_buffer, 2> parts = {boost::asio::buffer(head_),
                                                            boost::asio::buffer(response_.body)};
    boost::asio::async_write(stream_, parts,
                             [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t) {
                               self->response_ = {};
                               if (error || !self->keep_alive_) return self->close();
                               self->read();
                             });
  }

  void close() {
    if (gone_) return;
    gone_ = true;
    boost::system::error_code ignored;
    auto& socket = boost::beast::get_lowest_layer(stream_);
    socket.shutdown(boost::asio::socket_base::shutdown_both, ignored);
    socket.close(ignored);
    timer_.cancel();
    closed_(this->shared_from_this());
  }

  Stream stream_;
  boost::asio::steady_timer timer_;
  Peer peer_;
  Frontend& frontend_;
  const Defer defer_;
  ConnectionLimits limits_;
  Closed closed_;
  Buffer buffer_{kHeaderLimit + kBodyLimit};
  std::optional<RequestParser> parser_;
  Response response_;
  std::string head_;
  SteadyTime deadline_ = SteadyTime::max();
  bool idle_ = true;
  bool keep_alive_ = false;
  bool last_ = false;
  bool gone_ = false;
};

}  // namespace kms::agent
