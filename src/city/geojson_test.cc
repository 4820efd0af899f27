#include "city/geojson.h"

#include <gmock/gmock.h>

#include "city/area_index.h"
#include "city/whole_areas.h"

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

Result<AreaFile> read_file(std::string const& features) { return areas_of_geojson(collection(features), {}); }

Result<std::vector<AreaFeature>> read(std::string const& features) {
  MADANG_TRY(auto file, read_file(features));
  return std::move(file.areas);
}

/// With the shape that has this geometry.
std::string feature_of(std::string const& code, std::string const& geometry) {
  return R"({"type":"Feature","properties":{"code":")" + code + R"("},"geometry":)" + geometry + "}";
}

MultiPolygon shape_read(std::string const& geometry) {
  auto file = read_file(feature_of("1", geometry));
  EXPECT_TRUE(file) << file.error().sentence;
  return file ? file->areas.front().shape : MultiPolygon{};
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
  auto const file = areas_of_geojson(collection(feature(R"({"ward":"3","nom":"Les Halles"})")), options);
  ASSERT_TRUE(file);
  auto const* const areas = &file->areas;
  ASSERT_TRUE(areas);
  EXPECT_EQ(areas->front().code, "3");
  EXPECT_EQ(areas->front().name.in("fr"), "Les Halles");
}

TEST(geojson, says_which_feature_is_wrong) {
  EXPECT_THAT(read(feature("{}")).error().sentence, HasSubstr("features[0]: properties: has none of"));
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

TEST(geojson, sets_aside_what_is_no_area_and_goes_on) {
  auto const good = feature(R"({"code":"1"})");
  auto const file = read_file(good + "," + feature_of("2", "null") + "," + feature("{}") + "," +
                              feature_of("3", R"({"type":"Point","coordinates":[0,0]})") + ",7," + feature(R"({"code":"4"})"));
  ASSERT_TRUE(file) << file.error().sentence;
  ASSERT_EQ(file->areas.size(), 2u);
  EXPECT_EQ(file->areas[1].code, "4");
  EXPECT_EQ(file->set_aside, 4u);
  EXPECT_THAT(file->notes, ::testing::ElementsAre(HasSubstr("features[1]: 2: geometry: null"), HasSubstr("features[2]: properties: has none"),
                                                  HasSubstr("features[3]: 3: geometry/type: \"Point\""), HasSubstr("features[4]: is not an object")));
}

TEST(geojson, is_an_error_without_any_area) {
  EXPECT_THAT(read("").error().sentence, HasSubstr("features: is an empty list"));
  EXPECT_THAT(read(feature_of("1", "null") + "," + feature_of("2", "null")).error().sentence, HasSubstr("none of the 2 features is an area; features[0]: 1"));
  EXPECT_THAT(areas_of_geojson(R"({"type":"FeatureCollection","features":null})", {}).error().sentence, HasSubstr("features: null"));
  EXPECT_FALSE(areas_of_geojson(R"({"features":[],"features":[)" + feature(R"({"code":"1"})") + "]}", {}));
}

TEST(geojson, reads_codes_that_went_through_a_table) {
  auto const code = [](std::string const& json) { return read(feature(R"({"code":)" + json + "}"))->front().code; };
  EXPECT_EQ(code("11010"), "11010");
  EXPECT_EQ(code("11010.0"), "11010");
  EXPECT_EQ(code("1.101e4"), "11010");
  EXPECT_EQ(code("\"11010.0\""), "11010");
  EXPECT_EQ(code("\"01101\""), "01101");
  EXPECT_EQ(code("\"1.5.0\""), "1.5.0");
  EXPECT_FALSE(read(feature(R"({"code":11010.5})")));
  EXPECT_FALSE(read(feature(R"({"code":true})")));
}

TEST(geojson, takes_ids_of_mixed_kind) {
  auto const with_id = [](std::string const& id) {
    return R"({"type":"Feature","id":)" + id + R"(,"properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}})";
  };
  auto const areas = read(with_id("3") + "," + with_id("\"b\"") + "," + with_id("null") + "," + with_id("4.0"));
  ASSERT_TRUE(areas);
  ASSERT_EQ(areas->size(), 3u);
  EXPECT_EQ(areas->at(0).code, "3");
  EXPECT_EQ(areas->at(1).code, "b");
  EXPECT_EQ(areas->at(2).code, "4");
}

TEST(geojson, takes_a_feature_whose_properties_are_null) {
  auto const with_null = [](std::string const& id) {
    return R"({"type":"Feature")" + id + R"(,"properties":null,"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}})";
  };
  EXPECT_EQ(read(with_null(R"(,"id":"7")"))->front().code, "7");
  EXPECT_THAT(read(with_null("")).error().sentence, HasSubstr("has none of the code properties"));
}

TEST(geojson, cuts_what_goes_over_the_180th_meridian) {
  for (std::string const ring : {"[[179,-17],[-179,-17],[-179,-16],[179,-16],[179,-17]]", "[[179,-17],[181,-17],[181,-16],[179,-16],[179,-17]]",
                                 "[[-181,-17],[-179,-17],[-179,-16],[-181,-16],[-181,-17]]"}) {
    auto const shape = shape_read(R"({"type":"Polygon","coordinates":[)" + ring + "]}");
    EXPECT_EQ(shape.size(), 2u) << ring;
    EXPECT_TRUE(contains(shape, {-16.5, 179.5})) << ring;
    EXPECT_TRUE(contains(shape, {-16.5, -179.5})) << ring;
    EXPECT_FALSE(contains(shape, {-16.5, 0})) << ring;
  }
}

TEST(geojson, keeps_the_hole_of_what_it_cuts) {
  auto const shape = shape_read(R"({"type":"Polygon","coordinates":[[[178,-18],[-178,-18],[-178,-14],[178,-14],[178,-18]],)"
                                R"([[-179.5,-17],[-179,-17],[-179,-16],[-179.5,-16],[-179.5,-17]]]})");
  EXPECT_TRUE(contains(shape, {-16.5, 179}));
  EXPECT_FALSE(contains(shape, {-16.5, -179.2}));
  EXPECT_TRUE(contains(shape, {-15, -179.2}));
}

TEST(geojson, leaves_alone_what_only_touches_the_meridian) {
  auto const split = shape_read(R"({"type":"MultiPolygon","coordinates":[[[[179,-17],[180,-17],[180,-16],[179,-16],[179,-17]]],)"
                                R"([[[-180,-17],[-179,-17],[-179,-16],[-180,-16],[-180,-17]]]]})");
  EXPECT_EQ(split, (MultiPolygon{{{{-17, 179}, {-17, 180}, {-16, 180}, {-16, 179}, {-17, 179}}}, {{{-17, -180}, {-17, -179}, {-16, -179}, {-16, -180}, {-17, -180}}}}));
  auto const world = shape_read(R"({"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]})");
  EXPECT_TRUE(contains(world, {0, 0}));
}

TEST(geojson, refuses_a_ring_round_a_pole) {
  EXPECT_THAT(read(feature_of("1", R"({"type":"Polygon","coordinates":[[[0,-80],[90,-80],[180,-80],[-90,-80],[0,-80]]]})")).error().sentence,
              HasSubstr("goes round a pole"));
}

TEST(geojson, keeps_the_good_parts_of_an_area) {
  auto const file = read_file(feature_of("1", R"({"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5]]]]})"));
  ASSERT_TRUE(file) << file.error().sentence;
  EXPECT_EQ(file->areas.front().shape.size(), 1u);
  EXPECT_EQ(file->set_aside, 0u);
  EXPECT_THAT(file->notes, ::testing::ElementsAre(HasSubstr("features[0]: 1: part 2 is set aside: a ring has fewer than 4 positions")));
}

TEST(geojson, takes_the_polygons_out_of_a_collection) {
  auto const shape = shape_read(R"({"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[0,0]},)"
                                R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}]})");
  EXPECT_EQ(shape.size(), 1u);
  EXPECT_FALSE(read(feature_of("1", R"({"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[0,0]}]})")));
  EXPECT_FALSE(read(feature_of("1", R"({"type":"GeometryCollection","geometries":[]})")));
}

TEST(geojson, says_what_is_wrong_with_coordinates) {
  auto const said = [](std::string const& geometry) { return read(feature_of("1", geometry)).error().sentence; };
  EXPECT_THAT(said(R"({"type":"Polygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]})"), HasSubstr("lists 4 deep, where a Polygon has 3"));
  EXPECT_THAT(said(R"({"type":"MultiPolygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]})"), HasSubstr("lists 3 deep, where a MultiPolygon has 4"));
  EXPECT_THAT(said(R"({"type":"Polygon","coordinates":[[[37.5,126.9],[37.5,127.0],[37.6,127.0],[37.5,126.9]]]})"), HasSubstr("latitude seems to come first"));
  EXPECT_THAT(said(R"({"type":"Polygon","coordinates":[]})"), HasSubstr("a polygon has no ring"));
}

TEST(geojson, names_what_is_something_else) {
  auto const said = [](std::string_view text) { return areas_of_geojson(text, {}).error().sentence; };
  EXPECT_THAT(said(R"({"type":"Topology","objects":{},"arcs":[]})"), HasSubstr("is TopoJSON"));
  EXPECT_THAT(said(R"({"type":"Polygon","coordinates":[]})"), HasSubstr("is a bare Polygon"));
  EXPECT_THAT(said(R"({"geometryType":"esriGeometryPolygon","features":[]})"), HasSubstr("Esri"));
  EXPECT_THAT(said("PK\x03\x04 districts.shp"), HasSubstr("is a zip archive"));
  EXPECT_THAT(said("<?xml version=\"1.0\"?><kml/>"), HasSubstr("is XML"));
}

TEST(geojson, reads_one_feature_and_features_one_a_line) {
  auto const one = feature(R"({"code":"1"})");
  auto const two = feature(R"({"code":"2"})");
  EXPECT_EQ(areas_of_geojson(one, {})->areas.size(), 1u);
  EXPECT_EQ(areas_of_geojson(one + "\n" + two + "\n", {})->areas.size(), 2u);
  EXPECT_EQ(areas_of_geojson("\x1e" + one + "\n\x1e" + two + "\n", {})->areas.size(), 2u);
  EXPECT_FALSE(areas_of_geojson(one + "\n" + two.substr(0, 40), {}));
  EXPECT_FALSE(areas_of_geojson(one + "\n{\"a\":1}", {}));
}

TEST(geojson, reads_a_mark_and_korean_bytes) {
  auto const text = collection(feature("{\"code\":\"1\",\"name\":\"\xC1\xBE\xB7\xCE\xB1\xB8\"}"));  // CP949
  auto const file = areas_of_geojson(text, {});
  ASSERT_TRUE(file) << file.error().sentence;
  EXPECT_EQ(file->areas.front().name.in("ko"), "종로구");
  EXPECT_TRUE(areas_of_geojson("\xEF\xBB\xBF" + collection(feature(R"({"code":"1"})")), {}));
}

TEST(geojson, knows_reference_systems_that_are_degrees) {
  auto const with_crs = [](std::string const& crs) {
    return areas_of_geojson(R"({"type":"FeatureCollection","crs":)" + crs + R"(,"features":[)" + feature(R"({"code":"1"})") + "]}", {}).has_value();
  };
  EXPECT_TRUE(with_crs("null"));
  EXPECT_TRUE(with_crs(R"({"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}})"));
  EXPECT_TRUE(with_crs(R"({"type":"name","properties":{"name":"EPSG:4326"}})"));
  EXPECT_TRUE(with_crs(R"({"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4737"}})"));
  EXPECT_FALSE(with_crs(R"({"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::5179"}})"));
  EXPECT_FALSE(with_crs(R"({"type":"EPSG","properties":{"code":5186}})"));
}

TEST(whole_areas, puts_the_parts_of_a_named_area_together) {
  auto const part = [](std::string const& ring) { return feature(R"({"code":"7","name":"Islands"})", "[" + ring + "]"); };
  auto file = read_file(part("[[0,0],[1,0],[1,1],[0,1],[0,0]]") + "," + part("[[5,5],[6,5],[6,6],[5,6],[5,5]]") + "," + part("[[0,0],[1,0],[1,1],[0,1],[0,0]]"));
  ASSERT_TRUE(file);
  auto const areas = whole_areas(*file);
  ASSERT_TRUE(areas) << areas.error().sentence;
  ASSERT_EQ(areas->size(), 1u);
  EXPECT_EQ(areas->front().shape.size(), 2u);
  EXPECT_TRUE(contains(areas->front().shape, {0.5, 0.5}));
  EXPECT_THAT(file->notes, ::testing::ElementsAre("area 7: 3 features are its parts"));
}

TEST(whole_areas, refuses_a_code_that_names_two) {
  auto unnamed = read_file(feature(R"({"code":"1"})") + "," + feature(R"({"code":"1"})"));
  EXPECT_THAT(whole_areas(*unnamed).error().sentence, HasSubstr("the code 1 appears twice"));
  auto different = read_file(feature(R"({"code":"1","name":"A"})") + "," + feature(R"({"code":"1","name":"B"})"));
  EXPECT_THAT(whole_areas(*different).error().sentence, HasSubstr("the code 1 appears twice"));
}

TEST(whole_areas, sets_aside_what_cannot_be_repaired) {
  auto file = read_file(feature(R"({"code":"1"})") + "," + feature(R"({"code":"2"})", "[[[0,0],[1,1],[2,2],[0,0]]]"));
  ASSERT_TRUE(file);
  auto const areas = whole_areas(*file);
  ASSERT_TRUE(areas) << areas.error().sentence;
  EXPECT_EQ(areas->size(), 1u);
  EXPECT_EQ(file->set_aside, 1u);
}

TEST(doubt_of_order, is_raised_only_where_exchanging_would_help) {
  auto const berlin = read(feature(R"({"code":"1"})", "[[[13.4,52.5],[13.5,52.5],[13.5,52.6],[13.4,52.5]]]"));
  auto const exchanged = read(feature(R"({"code":"1"})", "[[[52.5,13.4],[52.5,13.5],[52.6,13.5],[52.5,13.4]]]"));
  std::vector<LatLon> const known{{52.4, 13.1}, {52.6, 13.6}};
  EXPECT_EQ(doubt_of_order(*berlin, known), std::nullopt);
  EXPECT_THAT(doubt_of_order(*exchanged, known).value_or("none"), HasSubstr("longitude first"));
  EXPECT_EQ(doubt_of_order(*exchanged, {}), std::nullopt);
  EXPECT_EQ(doubt_of_order(*exchanged, std::vector<LatLon>{{0, 0}}), std::nullopt);
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

TEST(geometry, is_one_of_geojson_in_longitude_and_latitude) {
  auto const refused = [](std::string_view text) {
    auto const point = point_of_geometry(text);
    return point ? "taken" : point.error().sentence;
  };
  EXPECT_THAT(refused(R"({"type":"point","coordinates":[127,37.5]})"), HasSubstr("geometry/type: \"point\" is none of Point, "));
  EXPECT_THAT(refused(R"({"type":"Circle","coordinates":[127,37.5],"radius":3})"), HasSubstr("\"Circle\" is none of"));
  EXPECT_THAT(refused(R"({"coordinates":[127,37.5]})"), HasSubstr("geometry/type: is missing"));
  EXPECT_THAT(refused(R"({"type":"Point","coordinates":[9,19],"crs":{"type":"name","properties":{"name":"EPSG:5179"}}})"), HasSubstr("crs: \"EPSG:5179\""));
  EXPECT_EQ(refused(R"({"type":"Point","coordinates":[127,37.5,30],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}})"), "taken");
}

TEST(geometry, comes_back_from_its_text) {
  MultiPolygon const shape = {{{{0, 0}, {0, 1.5}, {1, 1}, {0, 0}}, {{0.1, 0.2}, {0.1, 0.3}, {0.2, 0.3}, {0.1, 0.2}}}};
  EXPECT_EQ(shape_of_geometry(geometry_of_shape(shape)), shape);
  EXPECT_EQ(geometry_of_point({37.5, 127}), R"({"type":"Point","coordinates":[127,37.5]})");
}

}  // namespace
}  // namespace madang::city
