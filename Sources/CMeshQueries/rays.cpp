#include <embree3/rtcore.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <new>

#include "mesh_queries.h"

struct mq_rays {
  RTCDevice device;
  RTCScene scene;
};

namespace {

/// Sets up a scene of triangles; false where memory ends.
bool fill(mq_rays &rays, const float *corners, size_t faceCount) {
  RTCGeometry geometry = rtcNewGeometry(rays.device, RTC_GEOMETRY_TYPE_TRIANGLE);
  void *vertices = rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3, 3 * sizeof(float),
                                           3 * faceCount);
  void *faces = rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, 3 * sizeof(uint32_t),
                                        faceCount);
  if (vertices != nullptr && faces != nullptr) {
    std::memcpy(vertices, corners, 9 * sizeof(float) * faceCount);
    for (size_t i = 0; i < 3 * faceCount; i++) static_cast<uint32_t *>(faces)[i] = uint32_t(i);
    rtcCommitGeometry(geometry);
    rtcAttachGeometry(rays.scene, geometry);
    // Robust: no ray slips through between two faces. Filters: rays that count what they pass.
    rtcSetSceneFlags(rays.scene, RTCSceneFlags(RTC_SCENE_FLAG_ROBUST | RTC_SCENE_FLAG_CONTEXT_FILTER_FUNCTION));
    rtcCommitScene(rays.scene);
  }
  rtcReleaseGeometry(geometry);
  return rtcGetDeviceError(rays.device) == RTC_ERROR_NONE;
}

RTCRay ray(const float *origin, const float *direction, float nearest, float farthest) {
  RTCRay ray = {};
  ray.org_x = origin[0];
  ray.org_y = origin[1];
  ray.org_z = origin[2];
  ray.dir_x = direction[0];
  ray.dir_y = direction[1];
  ray.dir_z = direction[2];
  ray.tnear = nearest;
  ray.tfar = farthest;
  ray.mask = UINT32_MAX;
  return ray;
}

struct CountingContext {
  RTCIntersectContext embree;
  uint32_t crossings;
};

/// Counts a hit and refuses it, so that the ray goes on.
void countAndRefuse(const RTCFilterFunctionNArguments *arguments) {
  reinterpret_cast<CountingContext *>(arguments->context)->crossings++;
  arguments->valid[0] = 0;
}

/// Where a camera's picture shows a point, if it does.
bool isInPicture(const mq_camera &camera, const float *point) {
  if (std::isinf(camera.half_extent)) return true;
  float x = 0, y = 0, depth = 0;
  for (int i = 0; i < 3; i++) {
    const float d = point[i] - camera.position[i];
    depth += d * camera.forward[i];
    x += d * camera.right[i];
    y += d * camera.up[i];
  }
  const float reach = camera.half_extent * depth;
  return depth > 0 && std::fabs(x) <= reach && std::fabs(y) <= reach;
}

bool sees(RTCScene scene, const mq_camera &camera, const float *point, float margin) {
  if (!isInPicture(camera, point)) return false;
  float direction[3], length = 0;
  for (int i = 0; i < 3; i++) {
    direction[i] = camera.position[i] - point[i];
    length += direction[i] * direction[i];
  }
  length = std::sqrt(length);
  if (!(length > 0)) return true;
  RTCRay segment = ray(point, direction, margin / length, 1);
  RTCIntersectContext context;
  rtcInitIntersectContext(&context);
  rtcOccluded1(scene, &context, &segment);
  return segment.tfar >= 0;
}

}  // namespace

mq_rays *mq_rays_create(const float *corners, size_t face_count) {
  // One thread builds: the shape of the tree must not depend on the machine's load.
  RTCDevice device = rtcNewDevice("threads=1");
  if (device == nullptr) return nullptr;
  mq_rays *rays = new (std::nothrow) mq_rays{device, rtcNewScene(device)};
  if (rays == nullptr) {
    rtcReleaseDevice(device);
    return nullptr;
  }
  if (fill(*rays, corners, face_count)) return rays;
  mq_rays_free(rays);
  return nullptr;
}

void mq_rays_free(mq_rays *rays) {
  if (rays == nullptr) return;
  rtcReleaseScene(rays->scene);
  rtcReleaseDevice(rays->device);
  delete rays;
}

void mq_count_crossings(const mq_rays *rays, const float *queries, size_t count, const float direction[3],
                        uint32_t *crossings) {
  for (size_t i = 0; i < count; i++) {
    CountingContext context;
    rtcInitIntersectContext(&context.embree);
    context.embree.filter = countAndRefuse;
    context.crossings = 0;
    RTCRayHit hit = {};
    hit.ray = ray(queries + 3 * i, direction, 0, std::numeric_limits<float>::infinity());
    hit.hit.geomID = RTC_INVALID_GEOMETRY_ID;
    rtcIntersect1(rays->scene, &context.embree, &hit);
    crossings[i] = context.crossings;
  }
}

void mq_count_views(const mq_rays *rays, const float *queries, size_t count, const mq_camera *cameras, size_t camera_count,
                    uint32_t enough, float margin, uint32_t *views) {
  // A camera that saw one query probably sees the next.
  size_t first = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t found = 0;
    size_t last = first;
    for (size_t k = 0; k < camera_count && found < enough; k++) {
      const size_t camera = first + k < camera_count ? first + k : first + k - camera_count;
      if (!sees(rays->scene, cameras[camera], queries + 3 * i, margin)) continue;
      if (found++ == 0) last = camera;
    }
    first = last;
    views[i] = found;
  }
}

void mq_scan(const mq_rays *rays, const mq_camera *camera, size_t side, uint32_t *faces, float *points) {
  RTCIntersectContext context;
  for (size_t row = 0; row < side; row++) {
    for (size_t column = 0; column < side; column++) {
      const float x = camera->half_extent * (2 * (float(column) + 0.5f) / float(side) - 1);
      const float y = camera->half_extent * (2 * (float(row) + 0.5f) / float(side) - 1);
      float direction[3];
      for (int i = 0; i < 3; i++) direction[i] = camera->forward[i] + x * camera->right[i] + y * camera->up[i];
      RTCRayHit hit = {};
      hit.ray = ray(camera->position, direction, 0, std::numeric_limits<float>::infinity());
      hit.hit.geomID = RTC_INVALID_GEOMETRY_ID;
      rtcInitIntersectContext(&context);
      context.flags = RTC_INTERSECT_CONTEXT_FLAG_COHERENT;
      rtcIntersect1(rays->scene, &context, &hit);
      const bool isHit = hit.hit.geomID != RTC_INVALID_GEOMETRY_ID;
      faces[row * side + column] = isHit ? hit.hit.primID : UINT32_MAX;
      if (!isHit) continue;
      float *point = points + 3 * (row * side + column);
      for (int i = 0; i < 3; i++) point[i] = camera->position[i] + hit.ray.tfar * direction[i];
    }
  }
}
