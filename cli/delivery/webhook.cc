#include "cli/delivery/webhook.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "cli/delivery/host_lookup.h"
#include "cli/delivery/webhook_url.h"
#include "core/base/terminal_text.h"

namespace kms::delivery {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using Tcp = net::ip::tcp;
using BoostError = boost::system::error_code;
using Post = beast::http::request<beast::http::string_body>;

constexpr unsigned kHttpVersion = 11;
constexpr int kMostInterim = 8;  // answers of 1xx that come before the one that counts

net::ssl::context client_context(const std::string& trusted_certificates) {
  net::ssl::context context(net::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(net::ssl::verify_peer);
  if (trusted_certificates.empty()) {
    context.set_default_verify_paths();
  } else {
    context.load_verify_file(trusted_certificates);
  }
  return context;
}

Post post_of(const WebhookUrl& url, std::string_view notice) {
  Post out(beast::http::verb::post, url.target, kHttpVersion);
  out.set(beast::http::field::host, url.host_field());
  out.set(beast::http::field::user_agent, "kmsctl/" KMSCTL_VERSION);
  out.set(beast::http::field::content_type, "application/json");
  out.set(beast::http::field::connection, "close");
  out.body().assign(notice);
  out.prepare_payload();
  return out;
}

std::string message_of(const BoostError& error) {
  return escape_controls(error.message(), LineEnds::kEscaped);
}

// In our own words: those of the server are anybody's.
std::string answered_text(unsigned status) {
  const auto known = beast::http::int_to_status(status);
  if (known == beast::http::status::unknown) return cat("answered ", std::to_string(status));
  const auto reason = beast::http::obsolete_reason(known);
  return cat("answered ", std::to_string(status), " ", std::string_view(reason.data(), reason.size()));
}

// One request. All steps run on the thread that calls.
class Exchange {
 public:
  Exchange(const WebhookUrl& url, const Deadline& deadline, const std::string& trusted_certificates)
      : url_(url), deadline_(deadline), context_(client_context(trusted_certificates)), stream_(io_, context_) {}

  std::optional<std::string> post(std::string_view notice) {
    if (auto failure = connect_to_host()) return failure;
    const Post request = post_of(url_, notice);
    if (!url_.tls) return converse(stream_.next_layer(), request);
    if (auto failure = shake_hands()) return failure;
    return converse(stream_, request);
  }

 private:
  // Runs one step to its end, at `end` at the latest: the connection is closed then.
  template <class Start>
  BoostError step(Deadline::SteadyTime end, Start start) {
    std::optional<BoostError> result;
    start([&result](const BoostError& error, auto&&...) { result = error; });
    io_.restart();
    io_.run_until(end);
    if (result) return *result;
    BoostError ignored;
    stream_.next_layer().close(ignored);
    io_.restart();
    io_.run();  // the handler sees that it is closed
    return net::error::timed_out;
  }

  std::string too_late() const { return cat("no answer within ", deadline_.text()); }

  // Each address has its share of the time that is left, so that one that nothing comes back from keeps some for
  // others.
  std::optional<std::string> connect_to_host() {
    const HostAddresses addresses = addresses_of(url_.host, deadline_);
    if (!addresses.failure.empty()) return addresses.failure;
    BoostError error = net::error::host_not_found;
    auto left = static_cast<int>(addresses.found.size());
    for (const std::string& address : addresses.found) {
      const auto now = std::chrono::steady_clock::now();
      const auto end = now + (deadline_.end() - now) / left--;
      const Tcp::endpoint peer(net::ip::make_address(address, error), url_.port);
      if (error) continue;
      stream_.next_layer().close(error);
      error = step(end, [&](auto handler) { stream_.next_layer().async_connect(peer, handler); });
      if (!error) return std::nullopt;
    }
    if (error == net::error::timed_out && deadline_.over()) return too_late();
    return cat("cannot be reached: ", message_of(error));
  }

  std::optional<std::string> shake_hands() {
    SSL* const tls = stream_.native_handle();
    bool ok = false;
    if (url_.is_address) {
      ok = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), url_.host.c_str()) == 1;
    } else {
      SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      ok = SSL_set1_host(tls, url_.host.c_str()) == 1 && SSL_set_tlsext_host_name(tls, url_.host.c_str()) == 1;
    }
    if (!ok) return "TLS cannot be prepared";
    const BoostError error =
        step(deadline_.end(), [&](auto handler) { stream_.async_handshake(net::ssl::stream_base::client, handler); });
    if (!error) return std::nullopt;
    if (error == net::error::timed_out) return too_late();
    if (const auto verified = SSL_get_verify_result(tls); verified != X509_V_OK) {
      return cat("its certificate is refused: ", std::string_view(X509_verify_cert_error_string(verified)));
    }
    return cat("no TLS with it: ", message_of(error));
  }

  template <class Stream>
  std::optional<std::string> converse(Stream& stream, const Post& request) {
    const BoostError written =
        step(deadline_.end(), [&](auto handler) { beast::http::async_write(stream, request, handler); });
    if (written == net::error::timed_out) return too_late();
    // A server may answer, and close, before it has read all of a request that it does not want.
    auto failure = read_answer(stream);
    if (failure && written && !answered_) return cat("cannot be told: ", message_of(written));
    return failure;
  }

  template <class Stream>
  std::optional<std::string> read_answer(Stream& stream) {
    beast::flat_static_buffer<kAnswerLimit> buffer;
    for (int i = 0; i < kMostInterim; ++i) {
      beast::http::response_parser<beast::http::empty_body> parser;
      parser.header_limit(kAnswerLimit);
      const BoostError error =
          step(deadline_.end(), [&](auto handler) { beast::http::async_read_header(stream, buffer, parser, handler); });
      if (error) return no_answer(error);
      const unsigned status = parser.get().result_int();
      if (status / 100 == 1 && parser.get().result() != beast::http::status::switching_protocols) continue;
      answered_ = true;
      if (status / 100 == 2) return std::nullopt;
      return answered_text(status);
    }
    return "answered with nothing but interim answers";
  }

  std::string no_answer(const BoostError& error) const {
    namespace http = beast::http;
    if (error == net::error::timed_out) return too_late();
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return cat("answered with a header of more than ", std::to_string(kAnswerLimit), " bytes");
    }
    const bool ended = error == http::error::end_of_stream || error == http::error::partial_message ||
                       error == net::error::eof || error == net::ssl::error::stream_truncated ||
                       error == net::error::connection_reset;
    if (ended) return "closed the connection without an answer";
    if (error.category() == make_error_code(http::error::bad_version).category()) {
      return cat("its answer is no HTTP: ", message_of(error));
    }
    return cat("gave no answer: ", message_of(error));
  }

  const WebhookUrl& url_;
  const Deadline& deadline_;
  net::io_context io_{1};
  net::ssl::context context_;
  net::ssl::stream<Tcp::socket> stream_;
  bool answered_ = false;
};

}  // namespace

std::optional<std::string> post_to_webhook(std::string_view url, std::string_view notice, const Deadline& deadline,
                                           const std::string& trusted_certificates) {
  const ParsedUrl parsed = parse_url(url);
  if (!parsed.url) return parsed.wrong;
  return Exchange(*parsed.url, deadline, trusted_certificates).post(notice);
}

}  // namespace kms::delivery
