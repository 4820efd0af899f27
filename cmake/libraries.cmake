# Every foreign library, found once. All come from Debian 12 packages (tools/packages.txt).
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(ICU 72 REQUIRED COMPONENTS uc i18n data)
find_package(prometheus-cpp REQUIRED)
find_package(date REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(LibXml2 REQUIRED)
find_package(CURL 7.88 REQUIRED)

pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
add_library(libsodium ALIAS PkgConfig::SODIUM)

find_library(GEOS_C geos_c REQUIRED)
add_library(GEOS::geos_c INTERFACE IMPORTED)
target_link_libraries(GEOS::geos_c INTERFACE ${GEOS_C})

# Debian's SOCI ships no imported targets that name their folders, so they are named here.
find_library(SOCI_CORE soci_core REQUIRED)
find_library(SOCI_SQLITE soci_sqlite3 REQUIRED)
find_library(SOCI_POSTGRESQL soci_postgresql REQUIRED)
find_path(SOCI_INCLUDE soci/soci.h REQUIRED)
add_library(soci::core INTERFACE IMPORTED)
target_link_libraries(soci::core INTERFACE ${SOCI_SQLITE} ${SOCI_POSTGRESQL} ${SOCI_CORE} ${CMAKE_DL_LIBS})
target_include_directories(soci::core SYSTEM INTERFACE ${SOCI_INCLUDE} ${PostgreSQL_INCLUDE_DIRS})

add_library(boost_headers INTERFACE)
target_include_directories(boost_headers SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(boost_headers INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(boost_headers INTERFACE Threads::Threads)

find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
add_library(tomlplusplus INTERFACE)
target_include_directories(tomlplusplus SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE})

find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
add_library(cli11 INTERFACE)
target_include_directories(cli11 SYSTEM INTERFACE ${CLI11_INCLUDE})

find_path(NLOHMANN_JSON_INCLUDE nlohmann/json.hpp REQUIRED)
add_library(nlohmann_json_headers INTERFACE)
target_include_directories(nlohmann_json_headers SYSTEM INTERFACE ${NLOHMANN_JSON_INCLUDE})
