#pragma once
#include <embree3/rtcore.h>

// Embree's own context initializer is `inline` without `static`, which leaves no symbol for Swift to call;
// these wrappers set the context up in C. One ray each; everything else is called directly.

/// Finds the first hit of a ray. Returns whether there was one; `rayhit` then holds distance, face and barycentrics.
static inline bool formcast_intersect(RTCScene scene, struct RTCRayHit *rayhit, bool isCoherent) {
  struct RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  context.flags = isCoherent ? RTC_INTERSECT_CONTEXT_FLAG_COHERENT : RTC_INTERSECT_CONTEXT_FLAG_INCOHERENT;
  rayhit->hit.geomID = RTC_INVALID_GEOMETRY_ID;
  rayhit->hit.instID[0] = RTC_INVALID_GEOMETRY_ID;
  rtcIntersect1(scene, &context, rayhit);
  return rayhit->hit.geomID != RTC_INVALID_GEOMETRY_ID;
}

/// Whether anything lies on a ray between its near and far distance.
static inline bool formcast_occluded(RTCScene scene, struct RTCRay *ray) {
  struct RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  rtcOccluded1(scene, &context, ray);
  return ray->tfar < 0.0f;
}
