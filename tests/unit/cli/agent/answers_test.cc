#include "cli/agent/answers.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"

using namespace kms;
using namespace kms::agent;

namespace {

Request request_of(http::verb method, const char* target,
                   const std::vector<std::pair<const char*, const char*>>& fields = {}) {
  Request request;
  request.method(method);
  request.target(target);
  for (const auto& [name, value] : fields) request.set(name, value);
  return request;
}

std::optional<ErrorCode> failure(std::string_view form) {
  Json request;
  try {
    (void)read_query_request(form, request);
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

}  // namespace

TEST_SUITE("agent/answers") {
  TEST_CASE("a form is read as it is written: plus is a blank, and an escaped plus is a plus") {
    Json request;
    CHECK(
        read_query_request("Action=AssumeRole&Version=2011-06-15&RoleArn=x%2By&RoleSessionName=a+b&DurationSeconds=900"
                           "&X-Amz-Date=1",
                           request) == "AssumeRole");
    CHECK(request == Json{{"RoleArn", "x+y"}, {"RoleSessionName", "a b"}, {"DurationSeconds", 900}});
  }

  TEST_CASE("a form that two readers could read differently is refused") {
    for (const std::string_view form :
         {"Action=A&Action=B", "Action=A&%41ction=B", "Action=A&RoleArn=x&RoleArn=y", "Action=A&RoleArn=%zz",
          "Action=A&RoleArn=%4", "Action=A&RoleArn=%", "Action=A&%=x", "Action=A&a+b=1&a%20b=2"}) {
      CAPTURE(form);
      CHECK(failure(form) == ErrorCode::kValidation);
    }
    CHECK(failure("Action=A&RoleArn=x&Other=y") == std::nullopt);
  }

  TEST_CASE("the form of a request is its query or its body, never both") {
    Request get = request_of(http::verb::get, "/?Action=A&B=C");
    get.body() = "Action=X";
    CHECK(form_of(get) == "Action=A&B=C");
    CHECK(form_of(request_of(http::verb::get, "/")).empty());
    Request post = request_of(http::verb::post, "/?Action=A");
    post.body() = "Action=X";
    CHECK(form_of(post) == "Action=X");
  }

  TEST_CASE("what the client speaks is told by its header, and on the unix socket it is JSON else") {
    const auto get = request_of(http::verb::get, "/status");
    const auto query = request_of(http::verb::get, "/?Action=GetCallerIdentity");
    const auto form =
        request_of(http::verb::post, "/", {{"content-type", "Application/x-www-form-urlencoded; charset=utf-8"}});
    const auto bare = request_of(http::verb::post, "/");
    const auto json = request_of(http::verb::post, "/", {{"x-amz-target", "TrentService.ListKeys"}});
    const auto typed = request_of(http::verb::post, "/", {{"content-type", "application/x-amz-json-1.1"}});
    const auto cbor =
        request_of(http::verb::post, "/service/TrentService/operation/ListKeys", {{"smithy-protocol", "rpc-v2-cbor"}});
    for (const bool unix_socket : {false, true}) {
      CHECK(wire_of(get, unix_socket) == Wire::kJson);
      CHECK(wire_of(query, unix_socket) == Wire::kQuery);
      CHECK(wire_of(form, unix_socket) == Wire::kQuery);
      CHECK(wire_of(json, unix_socket) == Wire::kJson);
      CHECK(wire_of(typed, unix_socket) == Wire::kJson);
      CHECK(wire_of(cbor, unix_socket) == Wire::kCbor);
    }
    CHECK(wire_of(bare, false) == Wire::kQuery);
    CHECK(wire_of(bare, true) == Wire::kJson);
  }
}
