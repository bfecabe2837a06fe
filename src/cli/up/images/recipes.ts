/** An image that can be made on the spot from Debian's packages, for a machine that reaches no container registry. */
export interface ImageRecipe {
  /** As manifests name it. */
  readonly reference: string;
  readonly packages: readonly string[];
  /** Files written over the unpacked packages. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders that must be there. */
  readonly folders: readonly string[];
  /** Dockerfile instructions, as `docker import -c` takes them. */
  readonly changes: readonly string[];
}

const PASSWD = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534::/:/bin/false\n',
  'etc/group': 'root:x:0:\nadm:x:4:\nwww-data:x:33:\nnogroup:x:65534:\n',
};
const FOLDERS = ['tmp', 'run', 'root', 'proc', 'sys', 'dev', 'var/log/nginx', 'var/lib/nginx', 'usr/share/nginx/html'];
const PATH = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const WELCOME = `<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and working.</p>
</body>
</html>
`;

/** Logs go where `kubectl logs` finds them: requests to stdout, nginx's own words to stderr. */
function nginxConf(server: string): string {
  return `user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /dev/stderr notice;
events { worker_connections 1024; }
http {
  default_type text/html;
  access_log /dev/stdout combined;
  server { listen 80; ${server} }
}
`;
}

function nginx(reference: string, server: string): ImageRecipe {
  return {
    reference,
    packages: ['nginx-light', 'busybox-static', 'curl'],
    files: { ...PASSWD, 'etc/nginx/nginx.conf': nginxConf(server), 'usr/share/nginx/html/index.html': WELCOME },
    folders: FOLDERS,
    changes: ['CMD ["nginx","-g","daemon off;"]', 'EXPOSE 80', PATH],
  };
}

const HELLO_HOSTNAME = 'location / { return 200 "<p>Hello, $hostname</p>\\n"; }';

export const RECIPES: readonly ImageRecipe[] = [
  nginx('nginx:latest', 'root /usr/share/nginx/html;'),
  nginx('nginx:1.11', 'root /usr/share/nginx/html;'),
  nginx('alicek106/rr-test:echo-hostname', HELLO_HOSTNAME),
  {
    reference: 'busybox:1',
    packages: ['busybox-static'],
    files: PASSWD,
    folders: FOLDERS,
    changes: ['CMD ["sh"]', PATH],
  },
  {
    reference: 'alicek106/ubuntu:curl',
    // Perl is part of every Ubuntu.
    packages: ['bash', 'curl', 'busybox-static', 'bind9-dnsutils', 'perl-base'],
    files: PASSWD,
    folders: FOLDERS,
    changes: ['CMD ["bash"]', PATH],
  },
];
