// What HTTP/1.1 asks of a server, one duty after the other. The clock shows the example of RFC 9110.
#include <doctest/doctest.h>

#include "tests/unit/cli/agent/http_site.h"

using namespace kms;
using namespace kms::agent;
using namespace kms::test;

namespace {

// On a connection of its own. The agent must have closed it if, and only if, it says so.
std::string ask(std::string_view bytes, const Peer& peer = kTcp) {
  Site site;
  Client client(site, peer);
  std::string answer = client.send(bytes);
  CAPTURE(bytes);
  CHECK(client.ended == (field(answer, "Connection") == "close"));
  return answer;
}

std::string status(std::string_view bytes, const Peer& peer = kTcp) {
  return status_of(ask(bytes, peer));
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

constexpr std::string_view kHealth = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string call(std::string_view more, std::string_view body = "{}") {
  return cat("POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: TrentService.ListKeys\r\n", more, "\r\n", body);
}

}  // namespace

TEST_SUITE("agent/http") {
  TEST_CASE("the health path and a probe of the root say 200 and nothing else, on both listeners, under any name") {
    for (const Peer& peer : {kTcp, kUnix}) {
      for (const std::string_view path : {"/health", "/ping", "/"}) {
        for (const std::string_view host : {"localhost", "10.1.2.3:8080"}) {
          CAPTURE(path);
          const std::string answer = ask(cat("GET ", path, " HTTP/1.1\r\nHost: ", host, "\r\n\r\n"), peer);
          CHECK(status_of(answer) == "200");
          CHECK(field(answer, "Content-Length") == "0");
          CHECK(body_of(answer).empty());
          CHECK(status(cat("HEAD ", path, " HTTP/1.1\r\nHost: ", host, "\r\n\r\n"), peer) == "200");
        }
      }
    }
    CHECK(status("GET /healthy HTTP/1.1\r\nHost: localhost\r\n\r\n") == "404");
  }

  TEST_CASE("HEAD is answered as GET is, without the body") {
    for (const Peer& peer : {kTcp, kUnix}) {
      for (const std::string_view path : {"/nothing", "/?Action=GetCallerIdentity", "/status", "/health"}) {
        CAPTURE(path);
        const std::string get = ask(cat("GET ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n"), peer);
        const std::string head = ask(cat("HEAD ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n"), peer);
        CHECK(status_of(head) == status_of(get));
        CHECK(field(head, "Content-Length") == field(get, "Content-Length"));
        CHECK(field(head, "Content-Length") == std::to_string(body_of(get).size()));
        CHECK(body_of(head).empty());
      }
    }
    Site site;
    Client client(site);  // the connection goes on where it was
    CHECK(client.send(cat("HEAD /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", kHealth)).ends_with("\r\n\r\n"));
  }

  TEST_CASE("every answer has a date, says whether the connection goes on, and how long it is") {
    for (const std::string& request :
         {std::string(kHealth), call("Content-Length: 2\r\n"), std::string("X\r\n\r\n"),
          std::string("GET /health HTTP/1.0\r\n\r\n"), std::string("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"),
          std::string("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")}) {
      CAPTURE(request);
      const std::string answer = ask(request);
      CHECK(field(answer, "Date") == "Sun, 06 Nov 1994 08:49:37 GMT");
      CHECK(count(answer, "\r\nConnection: ") == 1);
      CHECK(field(answer, "Content-Length") == std::to_string(body_of(answer).size()));
    }
  }

  TEST_CASE("a connection goes on unless the client or its version says otherwise") {
    const auto connection = [](std::string_view version, std::string_view more) {
      return field(ask(cat("GET /health HTTP/", version, "\r\nHost: x\r\n", more, "\r\n")), "Connection");
    };
    CHECK(connection("1.1", "") == "keep-alive");
    CHECK(connection("1.1", "Connection: close\r\n") == "close");
    CHECK(connection("1.1", "Connection: x, CLOSE\r\n") == "close");
    CHECK(connection("1.0", "") == "close");
    CHECK(connection("1.0", "Connection: keep-alive\r\n") == "keep-alive");
  }

  TEST_CASE("requests that come together are answered one after the other, and bytes one by one are a request") {
    Site site;
    Client client(site, kUnix);
    const std::string two = call("Content-Length: 2\r\n");
    CHECK(count(client.send(cat(two, kHealth, two, kHealth)), "HTTP/1.1 ") == 4);
    std::string answer;
    for (const char c : cat(two, "\r\n", kHealth)) answer += client.send({&c, 1});  // RFC 9112 section 2.2
    CHECK(count(answer, "HTTP/1.1 ") == 2);
    CHECK_FALSE(client.closed);
  }

  TEST_CASE("a method that a target lacks is told those that it has, and one that nobody knows is not implemented") {
    for (const std::string_view method : {"PUT", "DELETE", "PATCH", "TRACE"}) {
      CAPTURE(method);
      const std::string answer = ask(cat(method, " / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      CHECK(status_of(answer) == "405");
      CHECK(field(answer, "Allow") == "GET, HEAD, OPTIONS, POST");
    }
    CHECK(field(ask("POST /health HTTP/1.1\r\nHost: x\r\n\r\n"), "Allow") == "GET, HEAD, OPTIONS");
    CHECK(field(ask("GET / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: TrentService.ListKeys\r\n\r\n"), "Allow") == "POST");
    CHECK(status("CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n") == "405");
    for (const std::string_view method : {"BREW", "get", "GETT"}) {
      CHECK(status(cat(method, " / HTTP/1.1\r\nHost: localhost\r\n\r\n")) == "501");
    }
    const std::string options = ask("OPTIONS / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(status_of(options) == "200");
    CHECK(field(options, "Allow") == "GET, HEAD, OPTIONS, POST");
  }

  TEST_CASE("targets are paths, absolute, or the asterisk of OPTIONS") {
    CHECK(status("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n") == "200");
    CHECK(status("GET * HTTP/1.1\r\nHost: localhost\r\n\r\n") == "400");
    CHECK(status("GET health HTTP/1.1\r\nHost: localhost\r\n\r\n") == "400");
    CHECK(status("GET /health#x HTTP/1.1\r\nHost: localhost\r\n\r\n") == "400");
    CHECK(status("GET http://localhost:8080/health HTTP/1.1\r\nHost: localhost:8080\r\n\r\n") == "200");
    CHECK(status("GET HTTP://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n") == "200");
    CHECK(status("GET http:///health HTTP/1.1\r\nHost: localhost\r\n\r\n") == "400");
    CHECK(status("GET http://user@localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n") == "400");
    CHECK(status("GET ftp://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n") == "400");
    // The host of an absolute target is the one that counts (RFC 9112 section 3.2.2).
    CHECK(ask("GET http://localhost/x HTTP/1.1\r\nHost: evil\r\n\r\n").find("AccessDenied") == std::string::npos);
    CHECK(ask("GET http://evil/x HTTP/1.1\r\nHost: localhost\r\n\r\n").find("AccessDenied") != std::string::npos);
    CHECK(status("POST /other HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n") == "404");
    CHECK(status("POST /?Action=GetCallerIdentity HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n") == "400");
  }

  TEST_CASE("a request of HTTP/1.1 has exactly one Host, and it is one") {
    CHECK(status("GET /health HTTP/1.1\r\n\r\n") == "400");
    CHECK(status("GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == "400");
    CHECK(status("GET /health HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") == "400");
    CHECK(status("GET /health HTTP/1.0\r\n\r\n") == "200");
    for (const std::string_view host : {"a b", "a/b", "a@b", "a#b", "a\\b", "a?b"}) {
      CAPTURE(host);
      CHECK(status(cat("GET /health HTTP/1.1\r\nHost: ", host, "\r\n\r\n")) == "400");
    }
    CHECK(status("GET /health HTTP/1.1\r\nHost: [::1]:80\r\n\r\n") == "200");
    CHECK(status("GET http://a/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == "400");
  }

  TEST_CASE("versions: a later minor one is HTTP/1.1, another major one is not supported") {
    CHECK(status("GET /health HTTP/1.2\r\nHost: a\r\n\r\n") == "200");
    CHECK(status("GET /health HTTP/2.0\r\nHost: a\r\n\r\n") == "505");
    CHECK(status("GET /health HTTP/0.9\r\nHost: a\r\n\r\n") == "505");
    CHECK(status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == "505");
    CHECK(status("GET /health\r\n\r\n") == "400");
    CHECK(status("GET /health HTTP/1.1x\r\nHost: a\r\n\r\n") == "400");
    CHECK(status("GET /health http/1.1\r\nHost: a\r\n\r\n") == "400");
    CHECK(status("\x16\x03\x01") == "400");  // the first bytes of TLS: nothing else need come
  }

  TEST_CASE("lines end with CR and LF, are not folded, and have no control characters") {
    for (const std::string_view request :
         {"GET /health HTTP/1.1\nHost: a\n\n", "GET /health HTTP/1.1\r\nHost: a\n\r\n",
          "GET /health HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", "GET /health HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
          "GET /health HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", "GET /health HTTP/1.1\r\n Host: a\r\n\r\n",
          "GET /health HTTP/1.1\r\nHost : a\r\n\r\n", "GET /health HTTP/1.1\r\nHost\r\n\r\n",
          "GET /health HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", "GET /health HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n",
          "GET /health HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "GET  /health HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET /health  HTTP/1.1\r\nHost: a\r\n\r\n", " GET /health HTTP/1.1\r\nHost: a\r\n\r\n"}) {
      CAPTURE(request);
      CHECK(status(request) == "400");
    }
    std::string with_nul = "GET /health HTTP/1.1\r\nHost: a\r\nX: b?c\r\n\r\n";
    with_nul[with_nul.find('?')] = '\0';
    CHECK(status(with_nul) == "400");
    CHECK(status("GET /health HTTP/1.1\r\nHost:a\r\nX:  \t b\t \r\n\r\n") == "200");
  }

  TEST_CASE("how long a body is, is said in one way") {
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const auto post = [](std::string_view more, std::string_view body) { return ask(call(more, body)); };
    CHECK(field(post("Content-Length: 2\r\n", "{}"), "Connection") == "keep-alive");
    CHECK(field(post(chunked, "2\r\n{}\r\n0\r\n\r\n"), "Connection") == "keep-alive");
    CHECK(field(post("Transfer-Encoding: Chunked\r\n", "1;a=b;c=\"d\"\r\n{\r\n1\r\n}\r\n0\r\nX: y\r\n\r\n"),
                "Connection") == "keep-alive");
    for (const std::string& more :
         {std::string("Content-Length: 2\r\nContent-Length: 2\r\n"),
          std::string("Content-Length: 2\r\nContent-Length: 3\r\n"), std::string("Content-Length: 2, 2\r\n"),
          std::string("Content-Length: +2\r\n"), std::string("Content-Length: -2\r\n"),
          std::string("Content-Length: 0x2\r\n"), std::string("Content-Length: 2 3\r\n"),
          std::string("Content-Length:\r\n"), std::string("Content-Length: 99999999999999999999999\r\n"),
          chunked + "Content-Length: 2\r\n", "Content-Length: 2\r\n" + chunked, chunked + chunked,
          std::string("Transfer-Encoding: gzip\r\n"), std::string("Transfer-Encoding: identity\r\n"),
          std::string("Transfer-Encoding: gzip\r\nContent-Length: 2\r\n"),
          std::string("Transfer-Encoding: chunked, gzip\r\n"), std::string("Transfer-Encoding:\r\n")}) {
      CAPTURE(more);
      const std::string answer = post(more, "{}");
      CHECK(status_of(answer) == "400");
      CHECK(count(answer, "HTTP/1.1 ") == 1);  // and what follows is no request
    }
    CHECK(status(call("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")) == "501");
    CHECK(status("POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == "400");
    for (const std::string_view body : {"x\r\n", "2\n{}\r\n0\r\n\r\n", "2\r\n{}0\r\n\r\n", "2 \r\n{}x\r\n",
                                        "-2\r\n{}\r\n0\r\n\r\n", "11111111111111111\r\n"}) {
      CAPTURE(body);
      const std::string answer = status(call(chunked, body), kUnix);
      CHECK((answer == "400" || answer == "413"));
    }
  }

  TEST_CASE("what is behind the chunks adds nothing to the header") {
    Site site;
    Client client(site, kUnix);
    const std::string answer = client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
        "2\r\n{}\r\n0\r\nX-Amz-Target: TrentService.ListKeys\r\n\r\n");
    CHECK(answer.find("UnknownOperationException") != std::string::npos);  // no target
  }

  TEST_CASE("chunks with long extensions or trailers are refused while they come") {
    for (const std::string& body : {cat("1;", std::string(10000, 'a')), cat("0\r\nX: ", std::string(10000, 'a'))}) {
      Site site;
      Client client(site, kUnix);
      CHECK(status_of(client.send(call("Transfer-Encoding: chunked\r\n", body))) == "400");
      CHECK(client.ended);
    }
  }

  TEST_CASE("100 Continue comes before the body, and only where the header is acceptable") {
    Site site;
    Client client(site, kUnix);
    const std::string head = call("Content-Length: 2\r\nExpect: 100-continue\r\n", "");
    CHECK(client.send(head) == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(status_of(client.send("{}")) == "503");  // locked
    CHECK(status_of(client.send(cat(head, "{}"))) == "503");
    CHECK_FALSE(client.closed);
    // Refused at once, and for good.
    Client locked(site);
    CHECK(status_of(locked.send(head)) == "503");
    CHECK(locked.ended);
    Client unexpected(site);
    CHECK(status_of(unexpected.send(call("Content-Length: 2\r\nExpect: 200-ok\r\n", ""))) == "417");
    CHECK(unexpected.ended);
    Client old(site, kUnix);  // RFC 9110 section 10.1.1: of HTTP/1.0 it is ignored
    CHECK(old.send("POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n").empty());
    Client none(site, kUnix);
    CHECK(status_of(none.send(call("Expect: 100-continue\r\n", ""))) == "503");
  }

  TEST_CASE("an encoded body is refused, with what is accepted") {
    const std::string answer = ask(call("Content-Encoding: gzip\r\nContent-Length: 2\r\n"));
    CHECK(status_of(answer) == "415");
    CHECK(field(answer, "Accept-Encoding") == "identity");
    CHECK(status(call("Content-Encoding: identity\r\nContent-Length: 2\r\n")) == "503");
  }

  TEST_CASE("lines, headers and bodies have an end") {
    CHECK(status(cat("GET /", std::string(9000, 'a'))) == "414");
    CHECK(status(cat("GET /", std::string(9000, 'a'), " HTTP/1.1\r\nHost: localhost\r\n\r\n")) == "414");
    CHECK(status(cat("GET /health HTTP/1.1\r\nHost: a\r\nX: ", std::string(20000, 'a'))) == "431");
    std::string many = "GET /health HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 101; ++i) many += "X: y\r\n";
    CHECK(status(many + "\r\n") == "431");
    CHECK(status(call("Content-Length: 1048577\r\n", ""), kUnix) == "413");
    CHECK(status(call("Content-Length: 18446744073709551615\r\n", "x"), kUnix) == "413");
    Site site;
    Client client(site, kUnix);
    CHECK(status_of(client.send(
              call("Transfer-Encoding: chunked\r\n", cat("100001\r\n", std::string(0x100001, ' '), "\r\n")))) == "413");
    CHECK(client.ended);
    CHECK(status(call("Content-Length: 1048576\r\n", std::string(1048576, ' ')), kUnix) == "503");
  }

  TEST_CASE("who is too slow is told so, whatever trickles in") {
    using std::chrono::seconds;
    Site site;
    const auto now = std::chrono::steady_clock::now();
    const ConnectionLimits limits;
    Client header(site);
    CHECK(header.send("GET /health HTTP/1.1\r\n").empty());
    header.connection->check(now + limits.header - seconds(1));
    CHECK(header.send("X: y\r\n").empty());
    header.connection->check(now + limits.header + seconds(2));
    CHECK(status_of(header.receive()) == "408");
    CHECK(header.ended);
    Client body(site, kUnix);
    CHECK(body.send(call("Content-Length: 100\r\n", "{")).empty());
    body.connection->check(now + limits.body - seconds(1));
    CHECK(body.send(" ").empty());
    body.connection->check(now + limits.body + seconds(2));
    CHECK(status_of(body.receive()) == "408");
    Client idle(site);
    CHECK(status_of(idle.send(kHealth)) == "200");
    idle.connection->check(now + limits.idle - seconds(1));
    CHECK(status_of(idle.send(kHealth)) == "200");
    idle.connection->check(now + limits.idle + seconds(2));
    CHECK(idle.receive().empty());
    CHECK(idle.closed);
  }

  TEST_CASE("after a refusal the agent reads on for a moment, so that the answer arrives, and obeys nothing of it") {
    Site site;
    Client client(site, kUnix);
    CHECK(status_of(client.send(call("Content-Length: 2000000\r\n", ""))) == "413");
    CHECK(client.ended);
    CHECK_FALSE(client.closed);
    CHECK(client.send(cat(std::string(100000, 'x'), kHealth)).empty());
    client.connection->check(std::chrono::steady_clock::now() + std::chrono::seconds(4));
    CHECK(client.receive().empty());
    CHECK(client.closed);
  }

  TEST_CASE("errors come in the protocol that the client speaks") {
    const std::string json = ask(call("Content-Length: 2\r\n"));
    CHECK(field(json, "Content-Type") == "application/x-amz-json-1.1");
    CHECK(body_of(json).starts_with("{\"__type\":"));
    const std::string query =
        ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 24\r\n\r\nAction=GetCallerIdentity");
    CHECK(field(query, "Content-Type") == "text/xml");
    CHECK(body_of(query).starts_with("<ErrorResponse"));
    CHECK(field(ask("GET /?Action=X HTTP/1.1\r\nHost: localhost\r\n\r\n"), "Content-Type") == "text/xml");
    for (const std::string_view path : {"/nothing", "/metrics/", "/status/x"}) {
      CAPTURE(path);
      const std::string answer = ask(cat("GET ", path, " HTTP/1.1\r\nHost: x\r\n\r\n"), kUnix);
      CHECK(status_of(answer) == "404");
      CHECK(body_of(answer).starts_with("{\"__type\":"));
    }
    CHECK(body_of(ask("PUT / HTTP/1.1\r\nHost: x\r\n\r\n", kUnix)).starts_with("{\"__type\":"));
    CHECK(body_of(ask("nonsense\r\n\r\n", kUnix)).starts_with("{\"__type\":"));
  }

  TEST_CASE("a client of rpc-v2-cbor can read its refusal") {
    const std::string answer =
        ask("POST /service/TrentService/operation/ListKeys HTTP/1.1\r\nHost: localhost\r\nSmithy-Protocol: rpc-v2-cbor"
            "\r\nContent-Type: application/cbor\r\nAccept: application/cbor\r\nContent-Length: 1\r\n\r\n\xa0");
    CHECK(status_of(answer) == "404");
    CHECK(field(answer, "Content-Type") == "application/cbor");
    CHECK(field(answer, "smithy-protocol") == "rpc-v2-cbor");
    const std::string body = body_of(answer);
    CHECK(Json::from_cbor(body).at("__type") == "UnknownOperationException");
  }

  TEST_CASE("who scrapes gets figures also while the vault is locked, and nothing else") {
    Site site;
    Peer scraper = kTcp;
    scraper.scrape = Scrape::kNumbers;
    const auto ask = [&](std::string_view request) { return Client(site, scraper).send(request); };
    const std::string figures = ask("GET /metrics HTTP/1.1\r\nHost: 192.0.2.7:9464\r\n\r\n");
    CHECK(figures.starts_with("HTTP/1.1 200 "));
    CHECK(figures.find("\nkmsctl_locked 1\n") != std::string::npos);
    for (const std::string_view path : {"/status", "/metrics/", "/metrics?all", "/?Action=GetCallerIdentity"}) {
      const std::string answer = ask(cat("GET ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      CHECK(answer.starts_with("HTTP/1.1 4"));
    }
    CHECK(
        ask("POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: TrentService.ListKeys\r\nContent-Length: 2\r\n\r\n{}")
            .starts_with("HTTP/1.1 4"));
    CHECK(ask("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n").starts_with("HTTP/1.1 4"));
    CHECK(ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n")
              .starts_with("HTTP/1.1 4"));
  }
}
