#pragma once

#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace nonzero::test {

// rc::check() of a property that takes no arguments. RapidCheck makes several hundred functions for the type of each
// property; here they are made once.
bool property_holds(const std::string& description, const std::function<void()>& property);

}  // namespace nonzero::test

// RapidCheck's generators of T, which property.cpp makes for the files that use them. Each of them costs a file a
// second.
#define NONZERO_GENERATORS(EXTERN, T)                                                       \
    EXTERN template class rc::Shrinkable<T>;                                                \
    EXTERN template class rc::Seq<rc::Shrinkable<T>>;                                       \
    EXTERN template class rc::Gen<T>;                                                       \
    EXTERN template class rc::Gen<std::vector<T>>;                                          \
    EXTERN template rc::Gen<T>::Gen(rc::gen::detail::ElementOfGen<std::vector<T>>&&);       \
    EXTERN template rc::Gen<T> rc::gen::arbitrary<T>();                                     \
    EXTERN template rc::Gen<std::vector<T>> rc::gen::container<std::vector<T>>(rc::Gen<T>); \
    EXTERN template rc::Gen<std::vector<T>> rc::gen::container<std::vector<T>>(std::size_t, rc::Gen<T>)
#define NONZERO_INTEGER_GENERATORS(EXTERN, T)             \
    NONZERO_GENERATORS(EXTERN, T);                        \
    EXTERN template rc::Gen<T> rc::gen::inRange<T>(T, T); \
    EXTERN template rc::Gen<T> rc::gen::weightedOneOf<T>(std::initializer_list<std::pair<std::size_t, rc::Gen<T>>>)
#define NONZERO_ALL_GENERATORS(EXTERN)                 \
    NONZERO_INTEGER_GENERATORS(EXTERN, std::int16_t);  \
    NONZERO_INTEGER_GENERATORS(EXTERN, std::uint16_t); \
    NONZERO_INTEGER_GENERATORS(EXTERN, std::int32_t);  \
    NONZERO_INTEGER_GENERATORS(EXTERN, std::uint32_t); \
    NONZERO_INTEGER_GENERATORS(EXTERN, std::int64_t);  \
    NONZERO_INTEGER_GENERATORS(EXTERN, std::uint64_t)

NONZERO_ALL_GENERATORS(extern);
