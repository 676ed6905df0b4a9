#include "cli/agent/client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cli/agent/http.h"
#include "cli/agent/protocol.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/text.h"
#include "core/service/dispatch.h"

namespace kms::agent {
namespace {

constexpr unsigned kOk = 200;
constexpr std::uint64_t kAnswerLimit = 64ULL << 20U;

[[noreturn]] void gone() {
  throw Error(ErrorCode::kFile, "the agent closed the connection before it answered");
}

// What stands between <NAME> and </NAME>, with the five entities of XML resolved.
std::string element_of(std::string_view document, std::string_view name) {
  const std::string open = cat("<", name, ">");
  const std::size_t start = document.find(open);
  const std::size_t end = document.find(cat("</", name, ">"), start);
  if (start == std::string_view::npos || end == std::string_view::npos) return {};
  std::string text(document.substr(start + open.size(), end - start - open.size()));
  constexpr auto kEntities = std::to_array<std::pair<std::string_view, char>>(
      {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}, {"&amp;", '&'}});
  for (const auto& [entity, character] : kEntities) {
    for (std::size_t at = 0; (at = text.find(entity, at)) != std::string::npos; ++at) {
      text.replace(at, entity.size(), 1, character);
    }
  }
  return text;
}

// A listener of STS answers errors as XML, and what stands before the agent as plain text or not at all.
Error error_in(unsigned status, std::string_view body) {
  const std::string name = element_of(body, "Code");  // without Exception, as STS spells it
  auto named = error_code(name);
  if (!named) named = error_code(cat(name, "Exception"));
  if (named) return Error(*named, element_of(body, "Message"));
  constexpr unsigned kUnauthorized = 401;
  constexpr unsigned kForbidden = 403;
  constexpr unsigned kTooMany = 429;
  const ErrorCode code = status == kUnauthorized || status == kForbidden ? ErrorCode::kAccessDenied
                         : status == kTooMany                            ? ErrorCode::kThrottling
                                                                         : ErrorCode::kInternal;
  return Error(code, cat("the agent answered HTTP ", std::to_string(status), " without saying why"));
}

}  // namespace

std::unique_ptr<Client> Client::connect(const std::string& socket, const TrustedUsers& trusted) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.empty() || socket.size() >= sizeof(address.sun_path)) return nullptr;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw_file_error("socket", errno);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR) return nullptr;
    throw_file_error(socket, errno);
  }
  require_trusted_peer(fd.get(), socket, trusted);
  return std::make_unique<Client>(std::move(fd));
}

Client::Reply Client::exchange(std::string_view path, std::string_view target, const Headers& headers, ByteView body) {
  BodyText message;
  const auto add = [&](std::string_view text) { message.append(text.data(), text.size()); };
  add(cat(target.empty() ? "GET " : "POST ", path,
          " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: kmsctl/" KMSCTL_VERSION "\r\n"));
  if (!target.empty()) add(cat("X-Amz-Target: ", target, "\r\nContent-Length: ", std::to_string(body.size()), "\r\n"));
  for (const auto& [name, value] : headers) add(cat(name, ": ", value, "\r\n"));
  add("\r\n");
  add(as_text(body));
  write_all(fd_.get(), as_bytes(view_of(message)), "the agent's socket");

  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerLimit);
  parser.eager(true);
  BodyText pending;
  std::array<char, 16384> piece{};
  while (!parser.is_done()) {
    const ssize_t count = read(fd_.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) gone();
    pending.append(piece.data(), static_cast<std::size_t>(count));
    boost::system::error_code error;
    const std::size_t used = parser.put(boost::asio::buffer(pending), error);
    if (error && error != http::error::need_more) gone();
    pending.erase(0, used);
  }
  explicit_bzero(piece.data(), piece.size());
  return {parser.get().result_int(), std::move(parser.get().body())};
}

Json Client::parsed(Reply reply) {
  constexpr unsigned kFirstError = 400;
  Json answer = reply.body.empty() && reply.status < kFirstError
                    ? Json::object()
                    : Json::parse(reply.body, nullptr, /*allow_exceptions=*/false);
  const bool failed = reply.status >= kFirstError && !(answer.is_object() && answer.contains("__type"));
  if (failed) throw error_in(reply.status, reply.body);
  wipe(reply.body);
  if (answer.is_discarded()) throw Error(ErrorCode::kInternal, "the agent answered no JSON");
  if (answer.is_object() && answer.contains("__type") && !answer.contains("message")) answer["message"] = "";
  throw_if_error(answer);
  return answer;
}

void Client::require_success(Reply reply) {
  (void)parsed(std::move(reply));
}

Json Client::call(std::string_view target, const Headers& headers, Json request) {
  WipingText body;
  append_json(body, request);
  wipe(request);
  Reply reply = exchange("/", target, headers, as_bytes(std::string_view(body)));
  body = {};
  if (reply.status == kOtherVaultStatus) throw OtherVault();
  return parsed(std::move(reply));
}

std::string Client::get_text(std::string_view path) {
  Reply reply = exchange(path, {}, {}, {});
  if (reply.status == kOk) return std::move(reply.body);
  require_success(std::move(reply));
  return {};
}

Json Client::get(std::string_view path, const Headers& headers) {
  Reply reply = exchange(path, {}, headers, {});
  if (reply.status == kOtherVaultStatus) throw OtherVault();
  return parsed(std::move(reply));
}

}  // namespace kms::agent
