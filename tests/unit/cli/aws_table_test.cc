#include "cli/aws_table.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/base/terminal_text.h"

using kms::OrderedJson;

namespace {

std::string table_of(const std::string& json, std::size_t columns = 80) {
  std::ostringstream out;
  kms::cli::print_aws_table(out, OrderedJson::parse(json), "Op", columns);
  return out.str();
}

}  // namespace

// What is expected was printed by aws-cli 2.9.19.
TEST_SUITE("aws_table") {
  TEST_CASE("objects of a list are rows, and a section is as wide as the widest one") {
    CHECK(table_of(R"({"Keys":[{"KeyArn":"x","KeyId":"1"},{"KeyArn":"yy","KeyId":"20"}]})") ==
          R"(-----------------------
|         Op          |
+---------------------+
||       Keys        ||
|+---------+---------+|
|| KeyArn  |  KeyId  ||
|+---------+---------+|
||  x      |  1      ||
||  yy     |  20     ||
|+---------+---------+|
)");
  }

  TEST_CASE("a structure in a structure has one bar more") {
    CHECK(table_of(R"({"B":"x","A":true,"M":{"Z":1}})") ==
          R"(---------------
|     Op      |
+-------+-----+
|   A   |  B  |
+-------+-----+
|  True |  x  |
+-------+-----+
||     M     ||
|+----+------+|
||  Z |  1   ||
|+----+------+|
)");
  }

  TEST_CASE("what is too wide has a line for each member") {
    CHECK(
        table_of(
            R"({"KeyMetadata":{"KeyId":"12345678-1234-1234-1234-123456789012","Arn":"arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012","Algorithms":["SYMMETRIC_DEFAULT"],"Multi":{"Type":"PRIMARY","Replicas":[]}}})") ==
        R"(--------------------------------------------------------------------------------------------
|                                            Op                                            |
+------------------------------------------------------------------------------------------+
||                                       KeyMetadata                                      ||
|+-------+--------------------------------------------------------------------------------+|
||  Arn  |  arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012   ||
||  KeyId|  12345678-1234-1234-1234-123456789012                                          ||
|+-------+--------------------------------------------------------------------------------+|
|||                                      Algorithms                                      |||
||+--------------------------------------------------------------------------------------+||
|||  SYMMETRIC_DEFAULT                                                                   |||
||+--------------------------------------------------------------------------------------+||
|||                                         Multi                                        |||
||+-----------------------------------+--------------------------------------------------+||
|||  Type                             |  PRIMARY                                         |||
||+-----------------------------------+--------------------------------------------------+||
)");
  }

  TEST_CASE("objects that hold structures have a section each, with the columns of all") {
    CHECK(
        table_of(
            R"({"Grants":[{"GrantId":"1","Operations":["Encrypt","Decrypt"],"Name":"n"},{"GrantId":"2","Constraints":{"EncryptionContextSubset":{"a":"b"}}}]})") ==
        R"(-------------------------------
|             Op              |
+-----------------------------+
||          Grants           ||
|+---------------+-----------+|
||    GrantId    |   Name    ||
|+---------------+-----------+|
||  1            |  n        ||
|+---------------+-----------+|
|||       Operations        |||
||+-------------------------+||
|||  Encrypt                |||
|||  Decrypt                |||
||+-------------------------+||
||          Grants           ||
|+---------------+-----------+|
||    GrantId    |   Name    ||
|+---------------+-----------+|
||  2            |           ||
|+---------------+-----------+|
|||       Constraints       |||
||+-------------------------+||
||||EncryptionContextSubset||||
|||+----------+------------+|||
||||  a       |  b         ||||
|||+----------+------------+|||
)");
  }

  TEST_CASE("lists of lists are rows without a header") {
    CHECK(table_of(R"([["x","y"],["zz","ü"]])") ==
          R"(--------------
|     Op     |
+-----+------+
|  x  |  y   |
|  zz |  ü  |
+-----+------+
)");
  }

  TEST_CASE("lists are gone into where they are nested deeper") {
    CHECK(table_of(R"([1,[2,[3]],null])") ==
          R"(----------
|   Op   |
+--------+
|  1     |
|  2     |
|  3     |
|  None  |
+--------+
)");
  }

  TEST_CASE("characters are as wide as aws takes them for") {
    CHECK(table_of(R"({"A":"日本語","B":"größe"})") ==
          R"(----------------------
|         Op         |
+---------+----------+
|    A    |    B     |
+---------+----------+
|  日本語 |  größe  |
+---------+----------+
)");
  }

  TEST_CASE("a value alone is but a title, and nothing is nothing") {
    CHECK(table_of(R"("x")") == "----\n|Op|\n+--+\n");
    for (const char* none : {"null", "false", "0", "0.0", "\"\"", "[]", "{}"}) CHECK(table_of(none).empty());
    CHECK(table_of(R"({"A":[],"B":null})") == table_of(R"({"B":null})"));
  }

  TEST_CASE("a wide terminal keeps what a narrow one turns") {
    const std::string json = R"({"Name":"a","Other":"b"})";
    CHECK(table_of(json, 19) == R"(-------------------
|       Op        |
+-------+---------+
| Name  |  Other  |
+-------+---------+
|  a    |  b      |
+-------+---------+
)");
    CHECK(table_of(json, 18) == R"(----------------
|      Op      |
+--------+-----+
|  Name  |  a  |
|  Other |  b  |
+--------+-----+
)");
  }

  TEST_CASE("where aws gives up, rows of other lengths and other types are shown") {
    CHECK(table_of(R"([["a"],["b","c"]])").find("b") != std::string::npos);
    CHECK(table_of(R"([{"A":"x"},null,"y",["z"]])").find("x") != std::string::npos);
    CHECK_FALSE(table_of(R"([[{"A":"x"}],[],[[]],{}])").empty());
  }

  TEST_CASE("a cell is one line, whatever is in it") {
    const std::string text = table_of(R"({"Na\u001bme":"a\u001b[2J\n| FORGED |"})");
    CHECK(text.find("a\\u001b[2J\\n| FORGED |") != std::string::npos);
    CHECK(kms::is_displayable(text));
  }
}
