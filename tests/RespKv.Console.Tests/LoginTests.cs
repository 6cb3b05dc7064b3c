using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RespKv.Console.Tests;

/// <summary>Who may see what.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LoginTests(BrowserFixture browser)
{
    [BrowserFact]
    public async Task A_password_is_asked_for_kept_in_memory_or_on_demand_in_the_tab_and_forgotten_at_log_out()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { Directives = ["--requirepass", "pa:ss"], ExpectsFailures = true });
        await site.GoAsync("keys/0");
        await LogInAsync(site, "wrong");
        await Expect(site.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("WRONGPASS");
        await LogInAsync(site, "pa:ss");
        await Expect(site.Text("This database is empty")).ToBeVisibleAsync();

        await site.Page.ReloadAsync();
        await Expect(site.Button("Log in")).ToBeVisibleAsync();
        await site.Page.GetByLabel("Stay logged in").CheckAsync();
        await LogInAsync(site, "pa:ss");
        await Expect(site.Text("This database is empty")).ToBeVisibleAsync();
        await site.Page.ReloadAsync();
        await Expect(site.Text("This database is empty")).ToBeVisibleAsync();
        Assert.Equal(0, await site.Page.EvaluateAsync<int>("localStorage.length"));

        await site.Button("Log out default").ClickAsync();
        await site.Page.ReloadAsync();
        await Expect(site.Button("Log in")).ToBeVisibleAsync();
        site.Check();
    }

    [BrowserFact]
    public async Task A_user_without_a_permission_reads_what_the_server_says_about_it()
    {
        await using ConsoleSite site = await ConsoleSite.OpenAsync(browser, new SiteOptions { Directives = ["--requirepass", "other"], ExpectsFailures = true });
        await site.SeedAsync([["AUTH", "other"], ["ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@read", "+ping"]]);
        await site.GoAsync("keys/0");
        await site.Field("User").FillAsync("reader");
        await LogInAsync(site, "secret");
        await Expect(site.Text("This database is empty")).ToBeVisibleAsync();
        await site.Button("New key").ClickAsync();
        await site.Field("Key").FillAsync("k");
        await site.DialogButton("Create").ClickAsync();
        await Expect(site.Dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("NOPERM");
        site.Check();
    }

    private static async Task LogInAsync(ConsoleSite site, string password)
    {
        await site.Field("Password").FillAsync(password);
        await site.Button("Log in").ClickAsync();
    }
}
