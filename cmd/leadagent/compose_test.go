package main

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/leadagent/leadagent/adapters/embedded"
	"github.com/leadagent/leadagent/adapters/postgres"
)

// composeOnly are variables of .env that the containers know and the program does not.
func composeOnly() []string {
	return []string{"POSTGRES_PASSWORD", "LEADAGENT_OWNER_PASSWORD", "LEADAGENT_APP_PASSWORD", "LISTEN"}
}

// composeFile is what the tests ask of docker-compose.yml (https://docs.docker.com/reference/compose-file/).
type composeFile struct {
	Services map[string]composeService `yaml:"services"`
	Volumes  map[string]any            `yaml:"volumes"`
	Networks map[string]struct {
		Internal bool `yaml:"internal"`
	} `yaml:"networks"`
	Configs map[string]struct {
		Content string `yaml:"content"`
	} `yaml:"configs"`
}

type composeService struct {
	Image           string             `yaml:"image"`
	Build           string             `yaml:"build"`
	ContainerName   string             `yaml:"container_name"`
	Command         []string           `yaml:"command"`
	Restart         string             `yaml:"restart"`
	ReadOnly        bool               `yaml:"read_only"`
	CapDrop         []string           `yaml:"cap_drop"`
	StopGracePeriod string             `yaml:"stop_grace_period"`
	Environment     map[string]*string `yaml:"environment"`
	Ports           []string           `yaml:"ports"`
	Networks        []string           `yaml:"networks"`
	Volumes         []string           `yaml:"volumes"`
	Deploy          struct {
		Replicas int `yaml:"replicas"`
	} `yaml:"deploy"`
	Configs []struct {
		Source string `yaml:"source"`
		Target string `yaml:"target"`
	} `yaml:"configs"`
	DependsOn map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
	Healthcheck struct {
		Test []string `yaml:"test"`
	} `yaml:"healthcheck"`
}

func readCompose(t *testing.T) composeFile {
	t.Helper()
	raw, err := os.ReadFile("../../docker-compose.yml")
	require.NoError(t, err)
	var file composeFile
	require.NoError(t, yaml.Unmarshal(raw, &file))
	return file
}

// requiredVariables are those without which `serve` and `work` do not start.
func requiredVariables(t *testing.T) []string {
	t.Helper()
	config, problems := readConfig(nil)
	require.Empty(t, problems)
	var names []string
	for _, problem := range config.check() {
		name, _, missing := strings.Cut(problem.Error(), " is missing")
		require.True(t, missing, problem)
		names = append(names, name)
	}
	require.Greater(t, len(names), 8)
	return names
}

func TestComposeTellsWebAndWorkersEverythingThatTheyNeed(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	for _, name := range []string{"web", "work"} {
		given := file.Services[name].Environment
		for _, required := range requiredVariables(t) {
			require.Contains(t, given, required, name)
		}
		for _, variable := range variableNames() {
			if variable == "MIGRATION_DATABASE_URL" {
				require.NotContains(t, given, variable, "%s must not be able to become the owner", name)
				continue
			}
			require.Contains(t, given, variable, "%s could not be told %s", name, variable)
		}
		// What .env does not set stays unset: the program calls a variable that is set but empty a mistake.
		for variable, value := range given {
			if value != nil {
				require.NotRegexp(t, `\$\{\w+(:?-)?\}`, *value, "%s of %s can become empty", variable, name)
				require.NotEmpty(t, *value, variable)
			}
		}
	}
}

func TestComposeNamesOnlyWhatThereIs(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docker-compose.yml")
	require.NoError(t, err)
	file, known := readCompose(t), append(variableNames(), composeOnly()...)
	for _, name := range []string{"web", "work", "migrate"} {
		for variable := range file.Services[name].Environment {
			require.Contains(t, variableNames(), variable, name)
		}
	}
	for _, used := range regexp.MustCompile(`\$\{(\w+)`).FindAllStringSubmatch(string(raw), -1) {
		require.Contains(t, known, used[1])
	}
	for name, s := range file.Services {
		for other := range s.DependsOn {
			require.Contains(t, file.Services, other, name)
		}
		for _, network := range s.Networks {
			require.Contains(t, file.Networks, network, name)
		}
		for _, volume := range s.Volumes {
			volume, _, _ := strings.Cut(volume, ":")
			require.Contains(t, file.Volumes, volume, name)
		}
		for _, config := range s.Configs {
			require.Contains(t, file.Configs, config.Source, name)
		}
	}
}

// What compose sets is a configuration that starts, once .env has the rest.
func TestComposeWithAFilledEnvironmentStarts(t *testing.T) {
	t.Parallel()
	filled := complete()
	for name, value := range readCompose(t).Services["web"].Environment {
		if value != nil {
			filled[name] = strings.NewReplacer("${LEADAGENT_APP_PASSWORD:?set it in .env}", "abc").Replace(*value)
		}
	}
	require.Empty(t, problemsOf(filled))
}

func TestComposeStartsThingsInTheirOrder(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	for _, name := range []string{"web", "work"} {
		s := file.Services[name]
		require.Equal(t, "service_healthy", s.DependsOn["postgres"].Condition, name)
		require.Equal(t, "service_healthy", s.DependsOn["redis"].Condition, name)
		require.Equal(t, "service_completed_successfully", s.DependsOn["migrate"].Condition, name)
		require.Equal(t, "unless-stopped", s.Restart, name)
		grace, err := time.ParseDuration(s.StopGracePeriod)
		require.NoError(t, err)
		require.GreaterOrEqual(t, grace, 15*time.Second, "%s would be killed while it stops", name)
	}
	require.Equal(t, "service_healthy", file.Services["migrate"].DependsOn["postgres"].Condition)
	require.Equal(t, "no", file.Services["migrate"].Restart)
	for name, command := range map[string]string{"migrate": "migrate", "web": "serve", "work": "work"} {
		require.Equal(t, []string{command}, file.Services[name].Command)
		_, known := reflect.TypeFor[commands]().FieldByName(strings.ToUpper(command[:1]) + command[1:])
		require.True(t, known, "%s is no command of the program", command)
	}
}

func TestComposeChecksHealth(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	for _, name := range []string{"postgres", "redis", "web", "work"} {
		require.NotEmpty(t, file.Services[name].Healthcheck.Test, name)
	}
	dockerfile, err := os.ReadFile("../../Dockerfile")
	require.NoError(t, err)
	for _, name := range []string{"web", "work"} {
		s := file.Services[name]
		test := s.Healthcheck.Test
		require.Equal(t, []string{"CMD", "wget"}, test[:2], name)
		require.Contains(t, string(dockerfile), "\nFROM alpine:", "the image has to have the wget that the health check runs")
		asked, err := url.Parse(test[len(test)-1])
		require.NoError(t, err)
		require.Equal(t, "/readyz", asked.Path)
		require.Equal(t, *s.Environment["METRICS_ADDR"], ":"+asked.Port(), "the health check asks where nobody listens")
	}
}

func TestComposeKeepsWhatHasToBeKept(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	redis := strings.Join(file.Services["redis"].Command, " ")
	require.Contains(t, redis, "--appendonly yes --appendfsync everysec")
	require.Contains(t, redis, "noeviction")
	require.NotEmpty(t, file.Services["redis"].Volumes)
	require.NotEmpty(t, file.Services["postgres"].Volumes)
	for name, s := range file.Services {
		require.True(t, s.Build == "." || regexp.MustCompile(`:\d`).MatchString(s.Image), "%s has no pinned image", name)
	}
}

func TestComposeCanRunSeveralWorkers(t *testing.T) {
	t.Parallel()
	work := readCompose(t).Services["work"]
	require.Empty(t, work.ContainerName, "two containers cannot have one name")
	require.Empty(t, work.Ports, "two containers cannot have one port")
	require.GreaterOrEqual(t, work.Deploy.Replicas, 2)
}

func TestComposeShowsNothingButTheWeb(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	for name, s := range file.Services {
		if name == "web" {
			require.Equal(t, []string{"${LISTEN:-127.0.0.1:8080}:8080"}, s.Ports)
			continue
		}
		require.Empty(t, s.Ports, name)
	}
	require.True(t, file.Networks["data"].Internal)
	require.Equal(t, []string{"data"}, file.Services["postgres"].Networks)
	require.Equal(t, []string{"data"}, file.Services["redis"].Networks)
	for _, name := range []string{"web", "work", "migrate"} {
		require.True(t, file.Services[name].ReadOnly, name)
		require.Equal(t, []string{"ALL"}, file.Services[name].CapDrop, name)
	}
}

// exampleLine is a variable of .env.example with the comment above it.
type exampleLine struct {
	name, value, comment string
	off                  bool // commented out
}

var exampleVariable = regexp.MustCompile(`^(#?)([A-Z][A-Z0-9_]*)=(.*)$`)

func readExample(t *testing.T) map[string]exampleLine {
	t.Helper()
	raw, err := os.ReadFile("../../.env.example")
	require.NoError(t, err)
	lines, comment := map[string]exampleLine{}, ""
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		found := exampleVariable.FindStringSubmatch(line)
		switch {
		case found != nil:
			require.NotContains(t, lines, found[2], "it stands there twice")
			lines[found[2]] = exampleLine{name: found[2], value: found[3], comment: comment, off: found[1] == "#"}
			comment = ""
		case strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "# ----"):
			comment += line[2:]
		default:
			comment = ""
			require.True(t, line == "" || strings.HasPrefix(line, "# ----"), "%q is neither a comment nor a variable", line)
		}
	}
	return lines
}

func TestTheExampleNamesEveryVariable(t *testing.T) {
	t.Parallel()
	lines := readExample(t)
	wanted := append(variableNames(), composeOnly()...)
	for _, name := range wanted {
		require.Contains(t, lines, name)
		require.NotEmpty(t, lines[name].comment, "%s has no comment above it", name)
	}
	for name := range lines {
		require.Contains(t, wanted, name, "nothing reads it")
	}
}

// Whoever fills in every open line has what the program needs, and every line that is off shows the default.
func TestTheExampleAsksForWhatIsRequired(t *testing.T) {
	t.Parallel()
	lines := readExample(t)
	set := readCompose(t).Services["web"].Environment
	open := []string{"POSTGRES_PASSWORD", "LEADAGENT_OWNER_PASSWORD", "LEADAGENT_APP_PASSWORD"}
	for _, name := range requiredVariables(t) {
		if value, passed := set[name]; passed && value == nil {
			open = append(open, name)
		}
	}
	for _, f := range variables() {
		line := lines[f.Tag.Get("env")]
		if line.off {
			require.Equal(t, f.Tag.Get("envDefault"), line.value, line.name)
		}
	}
	for name, line := range lines {
		require.Equal(t, slices.Contains(open, name), !line.off, "%s is required or it is not", name)
		require.True(t, line.off || line.value == "", "%s has a value that somebody could leave", name)
	}
}

// The roles of the containers' database are those of the contract, the schema can be migrated with them, and a dump of the backup role comes back whole.
func TestTheRolesOfComposeHoldTheWall(t *testing.T) {
	t.Parallel()
	server := startPostgresFor(t)
	script := filepath.Join(t.TempDir(), "roles.sql")
	require.NoError(t, os.WriteFile(script, []byte(strings.ReplaceAll(readCompose(t).Configs["roles.sql"].Content, "$$", "$")), 0o600))
	psql(t, server.SuperuserURL("postgres"), "--file", script)

	super, err := pgx.Connect(t.Context(), server.SuperuserURL("postgres"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = super.Close(context.WithoutCancel(t.Context())) }) // its server goes as well
	rows, err := super.Query(t.Context(), `
		SELECT format('%s login=%s createrole=%s createdb=%s super=%s bypass=%s', rolname, rolcanlogin, rolcreaterole, rolcreatedb, rolsuper, rolbypassrls)
		FROM pg_roles WHERE rolname LIKE 'leadagent%' ORDER BY 1`)
	require.NoError(t, err)
	roles, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{
		"leadagent_app login=t createrole=f createdb=f super=f bypass=f",
		"leadagent_backup login=t createrole=f createdb=f super=f bypass=t",
		"leadagent_owner login=t createrole=t createdb=f super=f bypass=f",
	}, roles)

	owner, app := as(t, server, "leadagent_owner", "owner-pw"), as(t, server, "leadagent_app", "app-pw")
	require.NoError(t, postgres.Migrate(t.Context(), owner, app, postgres.MigrateOptions{}))
	requireSound(t, app)

	_, err = super.Exec(t.Context(), "ALTER ROLE leadagent_backup PASSWORD 'backup-pw'") // only here: this server is reached by TCP
	require.NoError(t, err)
	requireDumpAndRestore(t, server, super, as(t, server, "leadagent_backup", "backup-pw"), app)
}

// requireDumpAndRestore does what the README says under "Backup and restore".
func requireDumpAndRestore(t *testing.T, server *embedded.Postgres, super *pgx.Conn, backup, app string) {
	t.Helper()
	url := server.SuperuserURL("leadagent")
	psql(t, url, "--command", "INSERT INTO organizations (org_id, name) VALUES ('org_a', 'A'), ('org_b', 'B')")
	dump := filepath.Join(t.TempDir(), "leadagent.dump")
	runPostgresTool(t, "pg_dump", "--format=custom", "--file", dump, "--dbname", backup)
	for _, statement := range []string{"DROP DATABASE leadagent WITH (FORCE)", "CREATE DATABASE leadagent OWNER leadagent_owner"} {
		_, err := super.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	runPostgresTool(t, "pg_restore", "--exit-on-error", "--dbname", url, dump)
	requireSound(t, app)
	require.Equal(t, "2\n", psql(t, url, "--tuples-only", "--no-align", "--command", "SELECT count(*) FROM organizations"))
}

// startPostgresFor starts a server of the test's own, since roles belong to all databases of a server.
func startPostgresFor(t *testing.T) *embedded.Postgres {
	t.Helper()
	server, err := embedded.StartPostgres(t.Context(), embedded.PostgresOptions{Database: "unused", OwnerRole: "unused_owner", AppRole: "unused_app"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop(context.WithoutCancel(t.Context()))) })
	return server
}

// as is the address of the database leadagent for the role.
func as(t *testing.T, server *embedded.Postgres, role, password string) string {
	t.Helper()
	u, err := url.Parse(server.SuperuserURL("leadagent"))
	require.NoError(t, err)
	u.User = url.UserPassword(role, password)
	return u.String()
}

func requireSound(t *testing.T, app string) {
	t.Helper()
	db, err := postgres.Connect(t.Context(), postgres.Options{URL: app})
	require.NoError(t, err)
	defer db.Close()
	findings, err := postgres.Inspect(t.Context(), db)
	require.NoError(t, err)
	require.Empty(t, findings)
}

func psql(t *testing.T, url string, args ...string) string {
	t.Helper()
	return runPostgresTool(t, "psql", append([]string{"--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", url}, args...)...)
}

func runPostgresTool(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is right
		require.NotEmpty(t, found, "%s is missing: apt-get install postgresql-client, or brew install libpq", name)
		path = found[len(found)-1]
	}
	command := exec.CommandContext(t.Context(), path, args...)
	command.Env = append(os.Environ(), "LEADAGENT_OWNER_PASSWORD=owner-pw", "LEADAGENT_APP_PASSWORD=app-pw")
	var problems strings.Builder
	command.Stderr = &problems
	output, err := command.Output()
	require.NoError(t, err, "%s: %s", name, problems.String())
	return string(output)
}
