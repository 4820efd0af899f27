#include "city/geojson.h"

#include <gmock/gmock.h>

namespace madang::city {
namespace {

using ::testing::HasSubstr;

std::string collection(std::string const& features) {
  return R"({"type":"FeatureCollection","features":[)" + features + "]}";
}

std::string feature(std::string const& properties, std::string const& coordinates = "[[[0,0],[1,0],[1,1],[0,0]]]") {
  return R"({"type":"Feature","properties":)" + properties + R"(,"geometry":{"type":"Polygon","coordinates":)" +
         coordinates + "}}";
}

Result<std::vector<AreaFeature>> read(std::string const& features) {
  return areas_of_geojson(collection(features), {});
}

TEST(geojson, takes_code_and_names_from_the_publishers_properties) {
  auto const areas = read(feature(R"({"SIG_CD":"11320","SIG_KOR_NM":"도봉구","SIG_ENG_NM":"Dobong-gu"})"));
  ASSERT_TRUE(areas) << areas.error().sentence;
  EXPECT_EQ(areas->front().code, "11320");
  EXPECT_EQ(areas->front().name.in("ko"), "도봉구");
  EXPECT_EQ(areas->front().name.in("en"), "Dobong-gu");
  EXPECT_EQ(areas->front().shape.at(0).at(0).at(1), (LatLon{0, 1}));
}

TEST(geojson, reads_a_code_that_is_a_number_and_a_plain_name_in_latin_letters) {
  auto const areas = read(feature(R"({"code":7,"name":"Harbour"})"));
  ASSERT_TRUE(areas);
  EXPECT_EQ(areas->front().code, "7");
  EXPECT_EQ(areas->front().name, (Name{{{"en", "Harbour"}}}));
}

TEST(geojson, reads_names_that_stand_by_language) {
  auto const areas = read(feature(R"({"code":"7","name":{"en":"River Bend","ko":"물굽이","fr":7}})"));
  ASSERT_TRUE(areas);
  EXPECT_EQ(areas->front().name, (Name{{{"en", "River Bend"}, {"ko", "물굽이"}}}));
}

TEST(geojson, keeps_only_the_last_word_of_a_full_administrative_name) {
  auto const areas = read(feature(R"({"adm_cd":"1101053","adm_nm":"서울특별시 종로구 사직동"})"));
  ASSERT_TRUE(areas);
  EXPECT_EQ(areas->front().name.in("ko"), "사직동");
}

TEST(geojson, follows_the_callers_list_of_properties) {
  AreaImport options;
  options.code_properties = {"ward"};
  options.names_by_language = {{"fr", {"nom"}}};
  auto const areas = areas_of_geojson(collection(feature(R"({"ward":"3","nom":"Les Halles"})")), options);
  ASSERT_TRUE(areas);
  EXPECT_EQ(areas->front().code, "3");
  EXPECT_EQ(areas->front().name.in("fr"), "Les Halles");
}

TEST(geojson, says_which_feature_is_wrong) {
  auto const good = feature(R"({"code":"1"})");
  EXPECT_THAT(read(good + "," + feature("{}")).error().sentence, HasSubstr("features[1]: properties: has none of"));
  EXPECT_THAT(read(good + "," + good).error().sentence, HasSubstr("features[1]: the code 1 appears twice"));
  EXPECT_THAT(read(feature(R"({"code":"1"})", "[[[0,0],[1,0],[0,0]]]")).error().sentence, HasSubstr("fewer than 4"));
  EXPECT_THAT(read(feature(R"({"code":"1"})", "[[[0,0],[1,0],[1,1],[0,1]]]")).error().sentence,
              HasSubstr("does not end where it starts"));
  EXPECT_THAT(read(feature(R"({"code":"1"})", "[[[200000,500000],[1,0],[1,1],[200000,500000]]]")).error().sentence,
              HasSubstr("not longitude and latitude"));
}

TEST(geojson, refuses_another_reference_system) {
  auto const text = R"({"type":"FeatureCollection","crs":{"type":"name","properties":
    {"name":"urn:ogc:def:crs:EPSG::5186"}},"features":[]})";
  EXPECT_EQ(areas_of_geojson(text, {}).error().code, Code::kUnsupported);
}

TEST(geojson, refuses_what_is_no_collection) {
  EXPECT_FALSE(areas_of_geojson("", {}));
  EXPECT_FALSE(areas_of_geojson("[]", {}));
  EXPECT_FALSE(areas_of_geojson(R"({"features":7})", {}));
  EXPECT_FALSE(areas_of_geojson(collection("3"), {}));
}

TEST(geometry, has_a_point_that_stands_for_it) {
  EXPECT_EQ(point_of_geometry(R"({"type":"Point","coordinates":[127,37.5]})"), (LatLon{37.5, 127}));
  EXPECT_EQ(point_of_geometry(R"({"type":"LineString","coordinates":[[126,37],[128,38]]})"), (LatLon{37.5, 127}));
  EXPECT_EQ(point_of_geometry(R"({"type":"Feature","geometry":{"type":"Point","coordinates":[127,37.5]}})"),
            (LatLon{37.5, 127}));
  EXPECT_FALSE(point_of_geometry(R"({"type":"Point","coordinates":[]})"));
  EXPECT_FALSE(point_of_geometry(R"({"type":"Point","coordinates":["a","b"]})"));
  EXPECT_FALSE(point_of_geometry(R"({"type":"Point"})"));
}

TEST(geometry, comes_back_from_its_text) {
  MultiPolygon const shape = {{{{0, 0}, {0, 1.5}, {1, 1}, {0, 0}}, {{0.1, 0.2}, {0.1, 0.3}, {0.2, 0.3}, {0.1, 0.2}}}};
  EXPECT_EQ(shape_of_geometry(geometry_of_shape(shape)), shape);
  EXPECT_EQ(geometry_of_point({37.5, 127}), R"({"type":"Point","coordinates":[127,37.5]})");
}

}  // namespace
}  // namespace madang::city
