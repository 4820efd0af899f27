#include "opendata/sensorthings/query_options.h"

#include <gtest/gtest.h>

#include "opendata/sensorthings/limits.h"

namespace madang::opendata {
namespace {

TEST(parse_query, reads_the_options) {
  auto const q = parse_query({{"$top", "5"}, {"$skip", "10"}, {"$count", "true"}, {"$orderby", "phenomenonTime desc, id"}},
                             EntityKind::kObservation).value();
  EXPECT_EQ(q.top, 5u);
  EXPECT_EQ(q.skip, 10u);
  EXPECT_TRUE(q.count);
  ASSERT_EQ(q.order.size(), 2u);
  EXPECT_TRUE(q.order[0].descending);
}

TEST(parse_query, has_defaults_and_a_largest_page) {
  EXPECT_EQ(parse_query({}, EntityKind::kThing).value().top, kTopDefault);
  EXPECT_EQ(parse_query({{"$top", "999999"}}, EntityKind::kThing).value().top, kTopMax);
}

TEST(parse_query, does_not_support_what_comes_later) {
  EXPECT_EQ(parse_query({{"$expand", "Datastreams"}}, EntityKind::kThing).error().code, Code::kUnsupported);
  EXPECT_EQ(parse_query({{"$expand", "Datastreams"}}, EntityKind::kThing).error().sentence,
            "$expand: this server expands nothing; follow the links, such as Datastreams@iot.navigationLink");
  EXPECT_EQ(parse_query({{"$select", "properties/owner"}}, EntityKind::kThing).error().code, Code::kUnsupported);
  EXPECT_EQ(parse_query({{"$filter", "Datastreams/name eq 'a'"}}, EntityKind::kThing).error().code, Code::kUnsupported);
  EXPECT_EQ(parse_query({{"$resultFormat", "dataArray"}}, EntityKind::kThing).error().code, Code::kUnsupported);
  EXPECT_EQ(parse_query({{"$orderby", "name"}}, EntityKind::kThing).error().code, Code::kUnsupported);
}

TEST(parse_query, refuses_mistakes) {
  EXPECT_EQ(parse_query({{"$top", "-1"}}, EntityKind::kThing).error().code, Code::kInvalid);
  EXPECT_EQ(parse_query({{"$count", "yes"}}, EntityKind::kThing).error().code, Code::kInvalid);
  EXPECT_EQ(parse_query({{"$top", "1"}, {"$top", "2"}}, EntityKind::kThing).error().code, Code::kInvalid);
  EXPECT_EQ(parse_query({{"$orderby", "id downward"}}, EntityKind::kThing).error().code, Code::kInvalid);
}

TEST(next_query, keeps_the_other_options_encoded) {
  EXPECT_EQ(next_query({{"$filter", "result gt 1"}, {"$skip", "3"}, {"$top", "2"}, {"$skiptoken", "4_5"}}, "$skip", "5"),
            "?$filter=result%20gt%201&$top=2&$skip=5");
}

}  // namespace
}  // namespace madang::opendata
