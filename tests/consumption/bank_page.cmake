# The page of code in the README, built as a user would build it, and a program that says which leftfold it got.
add_executable(page "${PAGE}/bank/first_page.cpp")
target_include_directories(page PRIVATE "${PAGE}")
target_link_libraries(page PRIVATE leftfold::projections)
add_executable(version ../programs/version.cpp)
target_link_libraries(version PRIVATE leftfold::storage)
