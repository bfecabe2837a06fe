import type { Pod } from '../../../src/api/types.ts';
import { pod } from '../../e2e/pods/manifests.ts';

/**
 * nginx as a gRPC health service that always says SERVING: an answer of gRPC is a POST's body with a five-byte head (not
 * compressed, two bytes long: field 1 is 1), and a trailer with the code.
 */
const NGINX = `
user root;
worker_processes 1;
error_log /dev/stderr notice;
pid /tmp/nginx.pid;
events { worker_connections 64; }
http {
  server {
    listen 5000 http2;
    root /tmp/www;
    error_page 405 =200 $uri;
    location / { default_type application/grpc; add_trailer grpc-status 0; }
  }
}
`;

const ANSWER = String.raw`\000\000\000\000\002\010\001`;

/** A pod whose container `main` serves grpc.health.v1.Health on port 5000. */
export function grpcHealthPod(name: string, probePort: number): Pod {
  const script = `
mkdir -p /tmp/www/grpc.health.v1.Health && printf '${ANSWER}' > /tmp/www/grpc.health.v1.Health/Check
cat > /tmp/nginx.conf <<'EOF'${NGINX}EOF
exec nginx -c /tmp/nginx.conf -g 'daemon off;'`;
  const livenessProbe = { grpc: { port: probePort }, initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 1 };
  return pod(name, { name: 'main', image: 'nginx:latest', command: ['sh', '-c', script], livenessProbe });
}
