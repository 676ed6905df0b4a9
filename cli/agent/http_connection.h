#pragma once
// Connection over a stream of Asio: the unix socket, TCP, TLS over TCP.
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <limits>
#include <optional>
#include <utility>

#include "cli/agent/body_budget.h"
#include "cli/agent/connection.h"
#include "cli/agent/http_request.h"
#include "core/base/text.h"

namespace kms::agent {

template <class Stream>
class HttpConnection final : public Connection, public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  // The socket does not block. `services` outlives the connection.
  HttpConnection(Stream stream, Peer peer, const ConnectionServices& services, Closed closed)
      : stream_(std::move(stream)), peer_(std::move(peer)), services_(services), closed_(std::move(closed)) {}

  void start() override {
    post([this] { begin(); });
  }

  void check(SteadyTime now) override {
    if (now <= deadline_.load(std::memory_order_relaxed)) return;
    post([this, now] {
      if (now > deadline_.load(std::memory_order_relaxed)) on_late();
    });
  }

  void finish() override {
    post([this] {
      last_ = true;
      if (step_ == Step::kIdle) close();
    });
  }

  void give_way() override {
    post([this] {
      last_ = true;
      if (step_ == Step::kBody) return refuse({503, ErrorCode::kThrottling, "too many requests are under way"});
      if (step_ != Step::kCall) close();
    });
  }

 private:
  using SteadyTime = Connection::SteadyTime;
  static constexpr bool kTls = !requires(Stream & stream) { stream.is_open(); };
  static constexpr std::size_t kPiece = 4096;  // that is read at once
  static constexpr std::size_t kBodyPiece = 1U << 16U;
  enum class Step : std::uint8_t { kHandshake, kIdle, kHeader, kBody, kCall, kAnswer, kDrain, kClosed };

  void post(std::function<void()> work) {
    boost::asio::post(stream_.get_executor(), [self = this->shared_from_this(), work = std::move(work)] { work(); });
  }

  void go(Step step, std::chrono::seconds allowed) {
    step_ = step;
    waits_.store(step != Step::kCall, std::memory_order_relaxed);
    deadline_.store(step == Step::kCall ? SteadyTime::max() : std::chrono::steady_clock::now() + allowed,
                    std::memory_order_relaxed);
  }

  void begin() {
    if constexpr (kTls) {
      go(Step::kHandshake, services_.limits.header);
      stream_.async_handshake(boost::asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](const boost::system::error_code& error) {
                                if (error) return self->close();
                                self->read();
                              });
    } else {
      read();
    }
  }

  // The next request; what of it came with the last one is there already.
  void read() {
    if (last_) return close();
    scanner_ = {};
    if (buffer_.size() > 0) {
      go(Step::kHeader, services_.limits.header);
      return on_header_bytes();
    }
    if (buffer_.capacity() > kPiece) buffer_ = Buffer(kHeaderLimit + kBodyPiece);  // nobody keeps much who is idle
    go(Step::kIdle, services_.limits.idle);
    receive();
  }

  void receive() {
    if (receiving_) return;
    receiving_ = true;
    const auto self = this->shared_from_this();
    if constexpr (kTls) {
      stream_.async_read_some(buffer_.prepare(piece()),
                              [self](const boost::system::error_code& error, std::size_t size) {
                                self->buffer_.commit(size);
                                self->on_received(error);
                              });
    } else {  // an idle connection has no buffer
      stream_.async_wait(boost::asio::socket_base::wait_read, [self](boost::system::error_code error) {
        if (!error) self->buffer_.commit(self->stream_.read_some(self->buffer_.prepare(self->piece()), error));
        self->on_received(error == boost::asio::error::would_block ? boost::system::error_code() : error);
      });
    }
  }

  std::size_t piece() const { return step_ == Step::kBody ? kBodyPiece : kPiece; }

  void on_received(const boost::system::error_code& error) {
    receiving_ = false;
    if (step_ == Step::kClosed) return;
    if (step_ == Step::kAnswer) {  // of a refusal, which is being sent
      buffer_.consume(buffer_.size());
      return;
    }
    if (error) return close();
    switch (step_) {
      case Step::kIdle:
        if (buffer_.size() > 0) go(Step::kHeader, services_.limits.header);
        return on_header_bytes();
      case Step::kHeader:
        return on_header_bytes();
      case Step::kBody:
        return on_body_bytes();
      default:
        buffer_.consume(buffer_.size());
        return receive();
    }
  }

  std::string_view received() const {
    const auto data = buffer_.cdata();
    return {static_cast<const char*>(data.data()), data.size()};
  }

  void on_header_bytes() {
    while (received().starts_with("\r\n")) buffer_.consume(2);  // RFC 9112 section 2.2
    if (received().empty() || received() == "\r") return receive();
    std::optional<Refusal> refusal;
    const auto size = scanner_.scan(received(), refusal);
    if (refusal) return refuse(*refusal);
    if (!size) return receive();
    if ((refusal = check_version(static_cast<char*>(buffer_.data().data()), *size))) return refuse(*refusal);
    parser_.emplace();
    parser_->header_limit(kHeaderLimit);
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());  // body_limit_ counts
    parser_->eager(true);
    boost::system::error_code error;
    buffer_.consume(parser_->put(boost::asio::buffer(buffer_.data().data(), *size), error));
    if (error || !parser_->is_header_done()) return refuse({400, ErrorCode::kSerialization, "the header is malformed"});
    on_header();
  }

  // What trailers add to the parser's message is not part of the request: they come behind what is checked here.
  void on_header() {
    request_ = Request(std::move(parser_->get().base()));
    keep_alive_ = request_.keep_alive();
    const auto refusal = check_header(request_);
    has_header_ = true;
    if (refusal) return refuse(*refusal);
    if (auto response = plain_answer(request_)) {
      keep_alive_ = keep_alive_ && !has_body(request_);
      return answer(std::move(*response));
    }
    if (parser_->is_done()) return on_request();
    body_limit_ = kBodyLimit;
    // Room is made for the whole of a body at its first byte: not before it is known to be allowed, or here.
    if (parser_->content_length().value_or(0) <= buffer_.size()) {
      parse_body();
      if (step_ != Step::kHeader) return;  // refused
      if (parser_->is_done()) return on_request();
    }
    await_body();
  }

  // Before more than the header was read, what it says is checked.
  void await_body() {
    auto verdict = services_.frontend.before_body(request_, peer_);
    if (auto* const response = std::get_if<Response>(&verdict)) {
      last_ = true;
      return answer(std::move(*response));
    }
    body_limit_ = std::get<std::uint64_t>(verdict);
    const std::uint64_t size = parser_->content_length().value_or(body_limit_);
    if (size > body_limit_) return refuse_body();
    if (!services_.bodies.claim(this->shared_from_this(), size)) {
      return refuse({503, ErrorCode::kThrottling, "too many requests are under way"});
    }
    go(Step::kBody, services_.limits.body);
    if (buffer_.size() > 0) return on_body_bytes();
    if (!expects_continue(request_)) return receive();
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    boost::asio::async_write(stream_, boost::asio::buffer(kContinue.data(), kContinue.size()),
                             [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t) {
                               if (self->step_ != Step::kBody) return;
                               if (error) return self->close();
                               self->receive();
                             });
  }

  void on_body_bytes() {
    parse_body();
    if (step_ != Step::kBody) return;
    if (parser_->is_done()) return on_request();
    receive();
  }

  void parse_body() {
    boost::system::error_code error;
    buffer_.consume(parser_->put(buffer_.cdata(), error));
    if (error && error != http::error::need_more) {
      return refuse({400, ErrorCode::kSerialization, "the body is malformed"});
    }
    if (parser_->get().body().size() > body_limit_) return refuse_body();
    // The line of a chunk's size, with its extensions, or trailers.
    if (!parser_->is_done() && buffer_.size() > kPiece) {
      refuse({400, ErrorCode::kSerialization, "the chunks of the body have long extensions or trailers"});
    }
  }

  void refuse_body() {
    refuse({413, ErrorCode::kSerialization, cat("the body has more than ", std::to_string(body_limit_), " bytes")});
  }

  // Nothing is known of where the next request would begin.
  void refuse(const Refusal& refusal) {
    last_ = true;
    if (!has_header_) request_ = {};
    answer(services_.frontend.refuse(request_, peer_, refusal));
  }

  void on_request() {
    services_.bodies.release(*this);
    go(Step::kCall, {});
    request_.body() = std::move(parser_->get().body());
    const auto self = this->shared_from_this();
    const Frontend::Respond respond{
        [self](Response response) { self->answer_later(std::move(response)); },
        [self](std::function<void()> work) { boost::asio::post(self->stream_.get_executor(), std::move(work)); },
        services_.defer};
    services_.frontend.handle(request_, peer_, respond);
  }

  void answer_later(Response response) {
    if (response.delay.count() == 0) return answer(std::move(response));
    auto timer = std::make_shared<boost::asio::steady_timer>(stream_.get_executor(), response.delay);
    timer->async_wait([self = this->shared_from_this(), timer, held = std::make_shared<Response>(std::move(response))](
                          const boost::system::error_code&) { self->answer(std::move(*held)); });
  }

  void answer(Response response) {
    if (step_ == Step::kClosed || step_ == Step::kAnswer) return;
    services_.bodies.release(*this);
    response_ = std::move(response);
    keep_alive_ = keep_alive_ && !last_;
    if (response_.known) known_.store(true, std::memory_order_relaxed);
    head_ = response_head(response_, keep_alive_, services_.date.text());
    go(Step::kAnswer, services_.limits.writing);
    // RFC 9110 section 9.3.2: the head of what a GET would be answered.
    const bool head_only = request_.method() == http::verb::head;
    const std::array<boost::asio::const_buffer, 2> parts = {
        boost::asio::buffer(head_), boost::asio::buffer(response_.body.data(), head_only ? 0 : response_.body.size())};
    boost::asio::async_write(stream_, parts,
                             [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t) {
                               if (self->step_ == Step::kClosed) return;
                               if (error) return self->close();
                               self->on_answered();
                             });
  }

  void on_answered() {
    const bool whole = parser_ && parser_->is_done();
    response_ = {};
    request_ = {};
    has_header_ = false;
    parser_.reset();
    if (keep_alive_) return read();
    if (whole) return close();
    // What the client still sends must not be answered by a reset, which could overtake the answer.
    boost::system::error_code ignored;
    socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
    buffer_.consume(buffer_.size());
    go(Step::kDrain, services_.limits.draining);
    receive();
  }

  void on_late() {
    const bool began = step_ == Step::kHeader || step_ == Step::kBody;
    if (!began) return close();
    refuse({408, ErrorCode::kSerialization, "the request did not come in time"});
  }

  auto& socket() { return boost::beast::get_lowest_layer(stream_); }

  void close() {
    if (step_ == Step::kClosed) return;
    services_.bodies.release(*this);
    step_ = Step::kClosed;
    boost::system::error_code ignored;
    socket().shutdown(boost::asio::socket_base::shutdown_both, ignored);
    socket().close(ignored);
    closed_(this->shared_from_this());
  }

  Stream stream_;
  Peer peer_;
  const ConnectionServices& services_;
  Closed closed_;
  Buffer buffer_{kHeaderLimit + kBodyPiece};
  HeaderScanner scanner_;
  std::optional<RequestParser> parser_;
  Request request_;
  Response response_;
  std::string head_;
  std::uint64_t body_limit_ = kBodyLimit;
  std::atomic<SteadyTime> deadline_{SteadyTime::max()};
  Step step_ = Step::kHandshake;
  bool receiving_ = false;
  bool has_header_ = false;
  bool keep_alive_ = false;
  bool last_ = false;
};

}  // namespace kms::agent
