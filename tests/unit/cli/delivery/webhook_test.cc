// Notices over HTTP and HTTPS, to servers that behave and to others.
#include "cli/delivery/webhook.h"

#include <doctest/doctest.h>

#include <future>

#include "tests/unit/cli/delivery/certificates.h"
#include "tests/unit/cli/delivery/web_server.h"
#include "tests/unit/cli/environment.h"
#include "tests/unit/cli/folder.h"

using namespace kms;
using namespace kms::delivery;
using namespace kms::test;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kPlenty{20000};  // what no test waits for
constexpr milliseconds kLittle{300};
constexpr std::string_view kPath = "/T0KEN/x?t=T0KEN";

// "delivered", or why not.
std::string outcome(const std::string& url, milliseconds patience = kPlenty, const std::string& trusted = {}) {
  const auto failure = post_to_webhook(url, "{\"a\":1}", Deadline(patience), trusted);
  if (failure) CHECK(failure->find("T0KEN") == std::string::npos);
  return failure.value_or("delivered");
}

WebServer::Behaviour sends(std::string bytes) {
  return [bytes = std::move(bytes)](const WebServer::Send& send) { send(bytes); };
}

std::string outcome_of_answer(std::string bytes, milliseconds patience = kPlenty) {
  const WebServer server(sends(std::move(bytes)));
  return outcome(server.at(kPath), patience);
}

// Sends the piece again and again, a while apart, until the client is gone; 10 s at most.
WebServer::Behaviour goes_on(std::string first, std::string piece, milliseconds pause) {
  return [=](const WebServer::Send& send) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (bool there = send(first); there && std::chrono::steady_clock::now() < end; there = send(piece)) {
      std::this_thread::sleep_for(pause);
    }
  };
}

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

struct TlsSite {
  Folder folder;
  Authority authority{"authority"};
  WebServer::Tls context{WebServer::Tls::tls_server};

  explicit TlsSite(const std::string& alternatives, long seconds = 86400) {
    authority.issue("server", alternatives, seconds);
    context.use_certificate_chain_file("server.pem");
    context.use_private_key_file("server.key", WebServer::Tls::pem);
  }
};

}  // namespace

TEST_SUITE("delivery/webhook") {
  TEST_CASE("a webhook is sent the notice as JSON, and where it answers with success that is delivered") {
    WebServer server(sends(std::string(kOk)));
    CHECK(outcome(server.at(kPath)) == "delivered");
    CHECK(outcome(server.at("", "localhost")) == "delivered");
    const auto heard = server.heard();
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].method_string() == "POST");
    CHECK(heard[0].target() == boost::string_view(kPath.data(), kPath.size()));
    CHECK(heard[0].version() == 11);
    CHECK(heard[0]["Host"] == cat("127.0.0.1:", server.port()));
    CHECK(heard[0]["Content-Type"] == "application/json");
    CHECK(heard[0]["User-Agent"] == "kmsctl/" KMSCTL_VERSION);
    CHECK(heard[0]["Connection"] == "close");
    CHECK(heard[0]["Content-Length"] == "7");
    CHECK(heard[0].body() == "{\"a\":1}");
    CHECK(heard[1].target() == "/");
    CHECK(heard[1]["Host"] == cat("localhost:", server.port()));
  }

  TEST_CASE("every status of success is one, also behind an interim answer, and nothing else is") {
    CHECK(outcome_of_answer("HTTP/1.1 204 No Content\r\n\r\n") == "delivered");
    CHECK(outcome_of_answer("HTTP/1.0 202 Accepted\r\n\r\nqueued") == "delivered");
    CHECK(outcome_of_answer(cat("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", kOk)) == "delivered");
    CHECK(outcome_of_answer("HTTP/1.1 404 Gone fishing\r\n\r\n") == "answered 404 Not Found");
    CHECK(outcome_of_answer("HTTP/1.1 500 T0KEN\r\n\r\n") == "answered 500 Internal Server Error");
    CHECK(outcome_of_answer("HTTP/1.1 555 T0KEN\r\n\r\n") == "answered 555");
    CHECK(outcome_of_answer("HTTP/1.1 404 \x1b[2J\r\n\r\n") == "its answer is no HTTP: bad reason");
    CHECK(outcome_of_answer("HTTP/1.1 101 Switching Protocols\r\n\r\n") == "answered 101 Switching Protocols");
    std::string interim;
    for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 102 Processing\r\n\r\n";
    CHECK(outcome_of_answer(cat(interim, kOk)) == "answered with nothing but interim answers");
  }

  TEST_CASE("a redirect is not followed") {
    WebServer other(sends(std::string(kOk)));
    WebServer server(sends(cat("HTTP/1.1 302 Found\r\nLocation: ", other.at("/T0KEN"), "\r\n\r\n")));
    CHECK(outcome(server.at(kPath)) == "answered 302 Found");
    CHECK(other.heard().empty());
    CHECK(server.heard().size() == 1);
  }

  TEST_CASE("of a huge answer no more is read than its header, which has 4 KiB at most") {
    const WebServer body(goes_on("HTTP/1.1 200 OK\r\n\r\n", std::string(1U << 16U, 'x'), milliseconds(0)));
    CHECK(outcome(body.at(kPath)) == "delivered");
    const WebServer header(goes_on("HTTP/1.1 200 OK\r\nX: ", std::string(1U << 16U, 'x'), milliseconds(0)));
    CHECK(outcome(header.at(kPath)) == "answered with a header of more than 4096 bytes");
    const WebServer fields(goes_on("HTTP/1.1 200 OK\r\n", "X: y\r\n", milliseconds(0)));
    CHECK(outcome(fields.at(kPath)) == "answered with a header of more than 4096 bytes");
  }

  TEST_CASE("what does not speak HTTP, or does not speak, is told apart") {
    CHECK(outcome_of_answer("SSH-2.0-OpenSSH_9.2\r\n\r\n").starts_with("its answer is no HTTP: "));
    CHECK(outcome_of_answer("") == "closed the connection without an answer");
    CHECK(outcome_of_answer("HTTP/1.1 200 OK\r\nX: ") == "closed the connection without an answer");
    std::string url;
    {
      const WebServer gone(sends(""));
      url = gone.at(kPath);
    }
    CHECK(outcome(url) == "cannot be reached: Connection refused");
  }

  TEST_CASE("a server that never ends its answer is given up when the time is over") {
    std::promise<void> over;
    const WebServer silent([&](const WebServer::Send&) { over.get_future().wait(); });
    CHECK(outcome(silent.at(kPath), kLittle) == "no answer within 300 ms");
    over.set_value();
    const WebServer slow(goes_on("HTTP/1.1 200 OK\r\n", "x", milliseconds(20)));
    CHECK(outcome(slow.at(kPath), kLittle) == "no answer within 300 ms");
    // Nobody accepts, and nobody shakes hands.
    boost::asio::io_context io(1);
    const boost::asio::ip::tcp::acceptor deaf(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
    const std::string at = cat("127.0.0.1:", std::to_string(deaf.local_endpoint().port()), kPath);
    CHECK(outcome(cat("http://", at), kLittle) == "no answer within 300 ms");
    CHECK(outcome(cat("https://", at), kLittle) == "no answer within 300 ms");
    const auto start = std::chrono::steady_clock::now();
    CHECK(outcome("https://nothing.invalid/T0KEN", kLittle).starts_with("its host "));
    CHECK(std::chrono::steady_clock::now() - start < kPlenty);
  }

  TEST_CASE("over TLS a webhook is trusted by its authority, for its name and its address") {
    TlsSite site("DNS:localhost,IP:127.0.0.1");
    WebServer server(sends(std::string(kOk)), &site.context);
    CHECK(outcome(server.at(kPath), kPlenty, "authority.pem") == "delivered");
    CHECK(outcome(server.at(kPath, "localhost"), kPlenty, "authority.pem") == "delivered");
    CHECK(server.heard().size() == 2);
    CHECK(outcome(server.at(kPath)) == "its certificate is refused: unable to get local issuer certificate");
    Environment environment;
    environment.set("SSL_CERT_FILE", "authority.pem");
    CHECK(outcome(server.at(kPath)) == "delivered");
    environment.unset("SSL_CERT_FILE");
    CHECK(server.heard().size() == 3);
  }

  TEST_CASE("a certificate for another host, one past its time and one of another authority are refused") {
    {
      TlsSite site("DNS:hooks.example.com,IP:127.0.0.2");
      WebServer server(sends(std::string(kOk)), &site.context);
      CHECK(outcome(server.at(kPath, "localhost"), kPlenty, "authority.pem") ==
            "its certificate is refused: hostname mismatch");
      CHECK(outcome(server.at(kPath), kPlenty, "authority.pem") == "its certificate is refused: IP address mismatch");
      CHECK(server.heard().empty());
    }
    {
      TlsSite site("IP:127.0.0.1", -3600);
      WebServer server(sends(std::string(kOk)), &site.context);
      CHECK(outcome(server.at(kPath), kPlenty, "authority.pem") ==
            "its certificate is refused: certificate has expired");
      CHECK(server.heard().empty());
    }
    TlsSite site("IP:127.0.0.1");
    const Authority other("other");
    WebServer server(sends(std::string(kOk)), &site.context);
    CHECK(outcome(server.at(kPath), kPlenty, other.file()).starts_with("its certificate is refused: "));
    CHECK(server.heard().empty());
  }

  TEST_CASE("a server without TLS, or with an old one, is told nothing over https") {
    WebServer plain(sends(std::string(kOk)));
    CHECK(outcome(cat("https://127.0.0.1:", plain.port(), kPath)).starts_with("no TLS with it: "));
    CHECK(plain.heard().empty());
    TlsSite site("IP:127.0.0.1");
    SSL_CTX_set_security_level(site.context.native_handle(), 0);
    SSL_CTX_set_max_proto_version(site.context.native_handle(), TLS1_1_VERSION);
    WebServer old(sends(std::string(kOk)), &site.context);
    CHECK(outcome(old.at(kPath), kPlenty, "authority.pem").starts_with("no TLS with it: "));
    CHECK(old.heard().empty());
  }

  TEST_CASE("a URL that no webhook can have is not asked") {
    CHECK(outcome("http://hooks.example.com/T0KEN").find("use https://") != std::string::npos);
  }
}
