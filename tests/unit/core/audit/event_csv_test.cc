#include "core/audit/event_csv.h"

#include <doctest/doctest.h>

#include "core/audit/event_text.h"
#include "core/base/text.h"

using namespace kms;

TEST_SUITE("audit/event_csv") {
  TEST_CASE("cells are quoted where RFC 4180 says so, and none is a formula") {
    CHECK(csv_cell("plain text") == "plain text");
    CHECK(csv_cell("") == "");
    CHECK(csv_cell("a,b") == "\"a,b\"");
    CHECK(csv_cell("say \"hi\"") == "\"say \"\"hi\"\"\"");
    CHECK(csv_cell("two\nlines") == "\"two\nlines\"");
    CHECK(csv_cell("=HYPERLINK(\"http://x\",\"y\")") == "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    for (const char* start : {"=", "+", "-", "@", "\t"}) CHECK(csv_cell(cat(start, "1")) == cat("'", start, "1"));
    CHECK(csv_cell("\r1") == "\"'\r1\"");
    CHECK(csv_cell("1-2") == "1-2");
  }

  TEST_CASE("a row has a cell for each column, in its place") {
    AuditEvent event(Time(std::chrono::seconds(1'700'000'000)), "event-1", "request-1");
    event.author =
        EventAuthor{{"111122223333", "eu-central-1"}, AuthorKind::kUser, "arn:aws:iam::111122223333:user/x", "AIDA"};
    event.author->source_address = "127.0.0.1";
    event.operation = "Encrypt";
    event.resources = {"arn:aws:kms:eu-central-1:111122223333:key/1", "arn:aws:kms:eu-central-1:111122223333:alias/a"};
    event.failure = EventFailure{ErrorCode::kAccessDenied, "=not, allowed"};
    CHECK(csv_header() ==
          "number,time,event,principal,account,region,source_address,result,error_message,resources,"
          "event_id,request_id,read_only\r\n");
    CHECK(csv_row(7, encode(event)) ==
          "7,2023-11-14T22:13:20Z,Encrypt,arn:aws:iam::111122223333:user/x,111122223333,eu-central-1,127.0.0.1,"
          "AccessDeniedException,\"'=not, allowed\",arn:aws:kms:eu-central-1:111122223333:key/1 "
          "arn:aws:kms:eu-central-1:111122223333:alias/a,event-1,request-1,true\r\n");
    AuditEvent by_vault(Time(std::chrono::seconds(1'700'000'000)), "event-2", "request-2");
    by_vault.author = vault_author({"111122223333", "eu-central-1"});
    by_vault.operation = "RotateKey";
    by_vault.read_only = false;
    CHECK(csv_row(8, encode(by_vault)) ==
          "8,2023-11-14T22:13:20Z,RotateKey,AWS "
          "Internal,111122223333,eu-central-1,127.0.0.1,ok,,,event-2,request-2,false\r\n");
    CHECK(csv_row(9, "{}") == "9,,,,,,,ok,,,,,\r\n");
  }
}
